package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** What bench score prints and writes of the tiny BERT. */
class BenchCommandITCase {

    @Test
    void printsLoopCeilingAndJobAndWritesThem(@TempDir Path directory) throws Exception {
        TinyTask task = TinyTask.write(directory);
        Path json = directory.resolve("score.json");
        TinyTask.Run run =
                TinyTask.run(
                        new BenchCommand(),
                        "bench",
                        "score",
                        "--model",
                        task.model(),
                        "--data",
                        task.data(),
                        "--threads",
                        2,
                        "--json",
                        json);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("256 samples", "GFLOP/s", "1 thread ", "2 threads ")
                .contains("Flink job of 2 tasks: ");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("samples").asInt()).isEqualTo(256);
        for (JsonNode loop : report.path("loops")) {
            assertThat(loop.path("samplesPerSecond").asDouble()).isPositive();
            assertThat(loop.path("ceilingGflops").asDouble()).isPositive();
        }
        assertThat(report.path("job").path("ofLoop").asDouble()).isPositive();
    }

    @Test
    void withoutAModelItNamesTheOption() {
        TinyTask.Run run = TinyTask.run(new BenchCommand(), "bench", "score");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Missing required option: '--model=DIR'").hasLineCount(1);
    }
}
