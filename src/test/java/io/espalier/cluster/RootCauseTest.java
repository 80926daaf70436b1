package io.espalier.cluster;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Of a trace in pages a user reads the line that names what to mend. */
class RootCauseTest {

    private static final String FLINK =
            """
            org.apache.flink.runtime.JobException: Recovery is suppressed by X
            \tat org.apache.flink.A.b(A.java:1)
            \tSuppressed: java.io.IOException: closing
            \t\tat C.d(C.java:2)
            \tCaused by: java.io.IOException: of what is suppressed
            """;

    @Test
    void ourOwnExceptionSpeaksEvenIfItHasACause() {
        String ours =
                """
                Caused by: io.espalier.config.ConfigException: seed was '1' and is '2'
                \tat E.f(E.java:3)
                Caused by: java.lang.NumberFormatException: x
                \t... 3 more
                """;
        assertThat(RootCause.of(FLINK + ours)).isEqualTo("seed was '1' and is '2'");
    }

    @Test
    void ofStrangersTheInnermostSpeaks() {
        String strangers =
                """
                Caused by: java.io.FileNotFoundException: Cannot find
                the directory
                \tat E.f(E.java:3)
                """;
        assertThat(RootCause.of(FLINK + strangers))
                .isEqualTo("FileNotFoundException: Cannot find the directory");
        assertThat(RootCause.of("java.lang.OutOfMemoryError\n\tat E.f(E.java:3)\n"))
                .isEqualTo("OutOfMemoryError");
    }

    @Test
    void oursWithoutAMessageLeavesTheWordToItsCause() {
        String ours =
                """
                io.espalier.stream.LostException
                \tat E.f(E.java:3)
                Caused by: java.net.ConnectException: refused
                """;
        assertThat(RootCause.of(ours)).isEqualTo("ConnectException: refused");
    }

    @Test
    void anEmptyTraceIsNoReason() {
        assertThat(RootCause.of("")).isEqualTo("Flink gives no reason");
    }
}
