package io.espalier.cli;

import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Labelled text from a file, as {@link TsvRows} reads it, with labels that are classes of a model.
 * The whole file is held in memory.
 *
 * @param file where it was read from
 * @param examples at least one, in the order of the file
 */
record TsvDataset(Path file, List<Example> examples) {

    /** Copies the list. */
    TsvDataset {
        examples = List.copyOf(examples);
    }

    /**
     * One line.
     *
     * @param line its number, from 1; the header is line 1
     * @param label index of its class
     * @param pair the second text, null if the file has no such column
     */
    record Example(int line, int label, String text, @Nullable String pair) {}

    /**
     * Reads a file.
     *
     * @param labels what the label column may say: a class name or an index
     * @throws CommandFailure naming file, line, column and remedy if it is malformed
     */
    static TsvDataset read(Path file, Labels labels) throws IOException {
        TsvRows rows = TsvRows.labelled(file.toString(), Files.readAllBytes(file));
        List<Example> examples = new ArrayList<>();
        for (TsvRows.Row row : rows.rows()) {
            examples.add(
                    new Example(row.line(), rows.classOf(row, labels), row.text(), row.pair()));
        }
        return new TsvDataset(file, examples);
    }

    /** Examples drawn without replacement; all of them, in another order, if there are fewer. */
    List<Example> draw(int count, long seed) {
        List<Example> shuffled = new ArrayList<>(examples);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.subList(0, Math.min(count, shuffled.size()));
    }
}
