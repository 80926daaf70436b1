package io.espalier.wire.codec;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What a label means. */
class LabelsTest {

    @Test
    void aClassNameWinsOverAnIndex() {
        Labels labels = new Labels(List.of("1", "0", "two"));
        assertThat(labels.index("1")).hasValue(0);
        assertThat(labels.index("0")).hasValue(1);
        assertThat(labels.index("2")).hasValue(2);
        assertThat(labels.index("two")).hasValue(2);
        assertThat(labels.index("3")).isEmpty();
    }

    @Test
    void refusesNoClassesAndANameThatOccursTwice() {
        assertThat(new Labels(List.of("a", "b")).names()).containsExactly("a", "b");
        assertThatIllegalArgumentException().isThrownBy(() -> new Labels(List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Labels(List.of("a", "b", "a")))
                .withMessage("classes 0 and 2 are both 'a'");
    }
}
