package io.espalier.artifact;

import io.espalier.artifact.Retention.Version;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The newest stay, by count and by bytes, and what is referred to stays besides. */
class RetentionTest {

    /** v5 to v1 of 10 bytes each. */
    private static final List<Version> FIVE =
            IntStream.range(0, 5).mapToObj(i -> new Version("v" + (5 - i), 10)).toList();

    private static List<String> retired(int versions, long bytes, String... referenced) {
        return new Retention(versions, bytes).retired(FIVE, Set.of(referenced));
    }

    @Test
    void theNewestStayByCount() {
        assertThat(retired(3, Long.MAX_VALUE)).containsExactly("v2", "v1");
        assertThat(retired(5, Long.MAX_VALUE)).isEmpty();
        assertThat(Retention.ALL.retired(FIVE, Set.of())).isEmpty();
    }

    @Test
    void theNewestStayWhileTheyHoldNoMoreThanTheBytes() {
        assertThat(retired(5, 30)).containsExactly("v2", "v1");
        assertThat(retired(5, 29)).containsExactly("v3", "v2", "v1");
    }

    @Test
    void aSmallVersionBehindALargeOneGoesToo() {
        List<Version> unequal =
                List.of(new Version("v3", 10), new Version("v2", 100), new Version("v1", 1));
        assertThat(new Retention(9, 50).retired(unequal, Set.of())).containsExactly("v2", "v1");
    }

    @Test
    void theOneJustPublishedStaysHoweverLarge() {
        assertThat(retired(1, 1)).containsExactly("v4", "v3", "v2", "v1");
    }

    @Test
    void whatIsReferredToStays() {
        assertThat(retired(2, Long.MAX_VALUE, "v1", "v3", "v9")).containsExactly("v2");
    }

    @Test
    void keepsSomething() {
        assertThat(new Retention(1, 1).versions()).isEqualTo(1);
        assertThatThrownBy(() -> new Retention(0, 1)).hasMessageContaining("0 versions, 1 bytes");
        assertThatThrownBy(() -> new Retention(1, 0)).hasMessageContaining("1 versions, 0 bytes");
    }
}
