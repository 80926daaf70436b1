package io.espalier.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tables, JSON files, directories and progress. */
class OutputTest {

    private final Path directory;

    OutputTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** What a command might write. */
    private record Figure(String model, double accuracy, List<Integer> kept) {}

    @Test
    void columnsOfATableAreAligned() {
        StringWriter text = new StringWriter();
        new TextTable("model", "accuracy", "MACs")
                .row("dense", "89.7 %", "1.00")
                .row("macs0.5-000001", "8.1 %", "0.50")
                .row("d\u00e9j\u00e0 \uD83C\uDF33", "-", "-")
                .print(new PrintWriter(text));
        assertThat(text.toString().lines())
                .containsExactly(
                        "model           accuracy  MACs",
                        "------------------------------",
                        "dense             89.7 %  1.00",
                        "macs0.5-000001     8.1 %  0.50",
                        "d\u00e9j\u00e0 \uD83C\uDF33                 -     -");
    }

    @Test
    void aRowHasACellForEachTitle() {
        TextTable table = new TextTable("a", "b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.row("1"))
                .withMessage("row of 1 cells under 2 titles");
    }

    @Test
    void jsonReplacesTheFileAndLeavesNothingElseBehind() throws IOException {
        Path file = directory.resolve("figures.json");
        Files.writeString(file, "old");
        OutputFiles.prepareFile(file);
        OutputFiles.writeJson(file, List.of(new Figure("dense", 0.897, List.of(1, 2))));
        assertThat(file)
                .hasContent(
                        """
                        [ {
                          "model" : "dense",
                          "accuracy" : 0.897,
                          "kept" : [ 1, 2 ]
                        } ]
                        """);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void aFileIsPreparedWithItsDirectoriesAndStaysAbsent() throws IOException {
        Path file = directory.resolve("a/b/figures.json");
        OutputFiles.prepareFile(file);
        assertThat(file).doesNotExist();
        OutputFiles.writeJson(file, List.of());
        assertThat(file).hasContent("[ ]");
    }

    @Test
    void whatCannotBeWrittenIsRefusedBeforeTheWork() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "kept");
        assertThatCode(() -> OutputFiles.prepareDirectory(directory.resolve("new/deeper")))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> OutputFiles.prepareDirectory(file))
                .withMessage(
                        file
                                + ": cannot be written to: a file of that name is there already;"
                                + " choose another directory");
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> OutputFiles.prepareDirectory(file.resolve("below")))
                .withMessageStartingWith(file.resolve("below") + ": cannot be written to: ");
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> OutputFiles.prepareFile(directory))
                .withMessage(directory + ": is a directory; name a file");
        assertThat(file).hasContent("kept");
    }

    @Test
    void progressIsTwoLinesWhereThereIsNoTerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (ProgressBars.Task task =
                new ProgressBars(stream, false).start("scoring", 64, "rows")) {
            task.step(16);
            task.stepTo(64);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        begin -> assertThat(begin).isEqualTo("scoring: 64 rows ..."),
                        end -> assertThat(end).matches("scoring: 64 rows in [0-9]+\\.[0-9] s"));
    }

    @Test
    void progressIsAMovingBarOnATerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (ProgressBars.Task task = new ProgressBars(stream, true).start("scoring", 64, "rows")) {
            task.step(64);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("\r", "scoring", "100%", "64/64 rows");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
