package io.espalier.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of a command before it is sent. */
class ControlCommandLineTest {

    @TempDir private Path directory;

    @Test
    void anArgumentThatTheJobWouldMissIsAskedForHere() throws IOException {
        assertThat(run("pin").err()).contains("'pin' needs version=...;");
        assertThat(run("rollback", "versoin=macs0.50-000001").err())
                .contains("'rollback' needs version=..., given are {versoin=macs0.50-000001}");
        assertThat(run("set-budgets").err()).contains("'set-budgets' needs budgets=...;");
        assertThat(run("answer").err()).contains("'answer' needs id=...;");
        assertThat(run("answer").code()).isEqualTo(2);
    }

    /** The twins: what has its argument gets as far as the broker, which is away. */
    @Test
    void aBrokerThatIsAwayIsNamedWithTheRemedy() throws IOException {
        for (List<String> action :
                List.of(
                        List.of("pin", "version=macs0.50-000001"),
                        List.of("answer", "id=1"),
                        List.of("unpin"))) {
            TinyTask.Run run = run(action.toArray(String[]::new));
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualToIgnoringNewLines(
                            "espalier: no Kafka broker answers at 127.0.0.1:1; start it, or correct"
                                    + " espalier.kafka.bootstrap-servers");
        }
    }

    @Test
    void anUnknownActionIsToldTheKnownOnes() throws IOException {
        assertThat(run("pinn").err())
                .contains("'pinn' is no action; actions are [", "set-budgets, ", ", answer]");
    }

    private TinyTask.Run run(String... arguments) throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("job.yaml"),
                        """
                        espalier.model.directory: /models/bert
                        espalier.publish.root: /models/pruned
                        espalier.kafka.bootstrap-servers: 127.0.0.1:1
                        """);
        List<Object> all = new ArrayList<>(List.of("control", "--config", config));
        all.addAll(List.of(arguments));
        return TinyTask.run(new ControlCommandLine(), all.toArray());
    }
}
