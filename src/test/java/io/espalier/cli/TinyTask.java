package io.espalier.cli;

import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The golden tiny BERT with its 256 samples as a file, and commands run on them.
 *
 * @param model directory of the model
 * @param data file of the samples
 */
record TinyTask(Path model, Path data) {

    /** What a command printed and how it ended. */
    record Run(int code, String out, String err) {}

    /** Writes both below a directory. */
    static TinyTask write(Path directory) throws IOException {
        Files.createDirectories(directory);
        List<String> lines = new ArrayList<>(List.of("label\ttext"));
        for (TinyBert.Batch batch : TinyBert.batches()) {
            for (int i = 0; i < batch.labels().length; i++) {
                lines.add("abc".charAt(batch.labels()[i]) + "\t" + batch.text(i));
            }
        }
        return new TinyTask(
                TinyBert.write(directory.resolve("tiny")),
                Files.write(directory.resolve("tiny.tsv"), lines));
    }

    /** Runs a command with arguments. */
    static Run run(Object command, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        int code =
                EspalierCommand.commandLine(command)
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(texts.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }
}
