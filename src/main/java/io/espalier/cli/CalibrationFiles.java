package io.espalier.cli;

import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.wire.codec.Labels;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Labelled text of one traffic, which may lie in several files.
 *
 * @param rows of all files, in their order
 */
record CalibrationFiles(List<Path> files, List<Row> rows) {

    /** Copies the lists. */
    CalibrationFiles {
        files = List.copyOf(files);
        rows = List.copyOf(rows);
    }

    /** A line of a file. */
    record Row(Path file, TsvDataset.Example example) {

        private ScorableSample encoded(TextClassifier model) {
            return new ScorableSample(
                    file.getFileName() + ":" + example.line(),
                    model.encode(example.text(), example.pair()),
                    example.label());
        }
    }

    /**
     * Reads files.
     *
     * @param labels what their label columns may say
     */
    static CalibrationFiles read(List<Path> files, Labels labels) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Path file : files) {
            for (TsvDataset.Example example : TsvDataset.read(file, labels).examples()) {
                rows.add(new Row(file, example));
            }
        }
        return new CalibrationFiles(files, rows);
    }

    /**
     * Draws samples without replacement, from all files together.
     *
     * @throws CommandFailure if there are fewer rows
     */
    List<ScorableSample> draw(int count, long seed, TextClassifier model) {
        if (count > rows.size()) {
            throw new CommandFailure(
                    name()
                            + ": "
                            + rows.size()
                            + " rows in all, --samples asks for "
                            + count
                            + "; name more files or ask for fewer");
        }
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.subList(0, count).stream().map(row -> row.encoded(model)).toList();
    }

    /** The files as they were named, one after the other. */
    String name() {
        return String.join(",", files.stream().map(Path::toString).toList());
    }

    /** The files' names without their directories. */
    String shortName() {
        return String.join(
                ",", files.stream().map(file -> String.valueOf(file.getFileName())).toList());
    }
}
