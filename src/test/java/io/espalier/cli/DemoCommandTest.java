package io.espalier.cli;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What the demo refuses before it fetches or starts anything. */
class DemoCommandTest {

    /** The last check before the demo starts; who gets here was not refused before. */
    private static final String NO_WINDOW = "--windows 0; needs at least 1";

    @Test
    void theReferenceIsNoProfileOfAJob() {
        TinyTask.Run run = demo("--profile", "reference");
        assertThat(run.err())
                .contains("--profile is 'reference'; it must be espalier or robust-diagonal")
                .hasLineCount(1);
        assertThat(run.code()).isEqualTo(2);
        assertThat(demo("--profile", "robust-diagonal").err()).contains(NO_WINDOW);
    }

    @Test
    void lossAndTuningAreCheckedToo() {
        assertThat(demo("--loss", "some").err())
                .contains("--loss is 'some'; it must be label-free or supervised");
        assertThat(demo("--tuning", "some").err())
                .contains("--tuning is 'some'; it must be projection or mask-values");
        TinyTask.Run run = demo("--loss", "supervised", "--tuning", "mask-values");
        assertThat(run.err()).contains(NO_WINDOW).hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    private static TinyTask.Run demo(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("demo", "--windows", 0));
        arguments.addAll(List.of(more));
        return TinyTask.run(new DemoCommand(), arguments.toArray());
    }
}
