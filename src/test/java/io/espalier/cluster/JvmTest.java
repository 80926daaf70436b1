package io.espalier.cluster;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** A process is known from its launch to its end, by whoever reads its files. */
class JvmTest {

    private static final int LAUNCHES = 20;

    @TempDir Path directory;

    @AfterEach
    void end() throws Exception {
        for (Jvm jvm : Jvm.launched(directory)) {
            jvm.kill();
        }
    }

    /** A source file that sleeps: the shortest program that a JDK runs without being compiled. */
    private Jvm sleeper() throws IOException {
        Path source = directory.resolve("Sleep.java");
        Files.writeString(
                source,
                "class Sleep { public static void main(String[] a) throws Exception {"
                        + " Thread.sleep(60_000); } }");
        Jvm jvm = new Jvm(directory, "sleeper");
        jvm.define(List.of(source.toString()));
        return jvm;
    }

    @Test
    void aProcessIsSeenFromTheMomentItWasLaunched() throws Exception {
        Jvm jvm = sleeper();
        for (int i = 0; i < LAUNCHES; i++) {
            jvm.launch(Map.of());
            for (int look = 0; look < 50; look++) {
                assertThat(jvm.process()).as("launch %d, look %d", i, look).isPresent();
            }
            jvm.kill();
            assertThat(jvm.process()).isEmpty();
        }
    }

    @Test
    void anEndedProcessIsNotSeenWhoeverHasItsIdNow() throws Exception {
        Jvm jvm = sleeper();
        jvm.launch(Map.of());
        jvm.kill();
        Files.writeString(
                directory.resolve("jvm/sleeper.pid"), ProcessHandle.current().pid() + "\n");
        assertThat(jvm.process()).isEmpty();
    }
}
