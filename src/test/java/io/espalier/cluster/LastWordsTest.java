package io.espalier.cluster;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** A log names the reason that a process ended, not the last step of its stopping. */
class LastWordsTest {

    private static final String STARTED = "12:01:30.000 INFO  server - starting\n";
    private static final String STOPPED = "12:01:35.346 INFO  server - shut down completely\n";

    @TempDir Path directory;

    private String of(String log) throws IOException {
        Path file = directory.resolve("broker.log");
        Files.writeString(file, log);
        return LastWords.of(file).replace(file.toString(), "broker.log");
    }

    @Test
    void theLastErrorAndItsCausesAreTheReason() throws IOException {
        assertThat(
                        of(
                                STARTED
                                        + "12:01:33.000 ERROR network - an earlier one\n"
                                        + "12:01:34.000 ERROR server - fatal exception\n"
                                        + "java.lang.RuntimeException: acceptors\n"
                                        + "\tat Server.start(Server.java:1)\n"
                                        + "Caused by: java.net.BindException: port 9092 in use\n"
                                        + STOPPED))
                .isEqualTo(
                        "its log broker.log says: 12:01:34.000 ERROR server - fatal exception;"
                                + " java.net.BindException: port 9092 in use");
    }

    @Test
    void withoutAnErrorItIsTheLastLine() throws IOException {
        assertThat(of(STARTED + STOPPED))
                .isEqualTo("its log broker.log ends: " + STOPPED.stripTrailing());
        assertThat(of("")).isEqualTo("its log broker.log ends: nothing");
    }
}
