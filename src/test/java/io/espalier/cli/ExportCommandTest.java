package io.espalier.cli;

import io.espalier.artifact.Candidates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What export writes is what would have been published. */
class ExportCommandTest {

    @TempDir Path directory;
    private TinyTask task;
    private Path version;

    @BeforeEach
    void publish() throws IOException {
        task = TinyTask.write(directory.resolve("task"));
        version = Candidates.publish(directory.resolve("store"), task.model(), "v1", 5);
    }

    private TinyTask.Run export(Path model, String formats, Path output) {
        return TinyTask.run(
                new ExportCommand(),
                "export",
                model.toString(),
                "--format",
                formats,
                "--output",
                output.toString());
    }

    @Test
    void equalsWhatIsPublishedByteForByte() throws IOException {
        Path output = directory.resolve("exported");
        TinyTask.Run run = export(version, "stock,onnx,djl", output);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(output.resolve("onnx").toString(), "MB");
        for (String format : new String[] {"stock", "onnx", "djl"}) {
            try (Stream<Path> files = Files.list(version.resolve(format))) {
                for (Path file : files.toList()) {
                    Path exported = output.resolve(format).resolve(file.getFileName().toString());
                    assertThat(exported).hasSameBinaryContentAs(file);
                }
            }
        }
    }

    @Test
    void makesAGraphOfADenseModelToo() {
        TinyTask.Run run = export(task.model(), "onnx", directory.resolve("dense"));
        assertThat(run.code()).isZero();
        assertThat(directory.resolve("dense/onnx/model.onnx")).isNotEmptyFile();
    }

    @Test
    void refusesInOneLineWhatItCannotDo() throws IOException {
        Path output = directory.resolve("again");
        assertThat(export(version, "onnx", output).code()).isZero();
        assertThat(export(version, "onnx", output).err())
                .contains("onnx: holds files already; name another folder")
                .hasLineCount(1);
        assertThat(export(version, "tflite", output).err())
                .contains("--format tflite is none of stock, onnx, djl")
                .hasLineCount(1);
        Files.writeString(version.resolve("slim/config.json"), "{}");
        assertThat(export(version, "stock", output).err())
                .contains("'slim/config.json' has 2 bytes")
                .hasLineCount(1);
    }
}
