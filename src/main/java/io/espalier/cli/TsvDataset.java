package io.espalier.cli;

import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Labelled text from a file: UTF-8, one example a line, columns separated by tabs, without quoting.
 * The first line names the columns, {@code label}, {@code text} and optionally {@code text2}, in
 * any order. The whole file is held in memory.
 *
 * @param file where it was read from
 * @param examples at least one, in the order of the file
 */
record TsvDataset(Path file, List<Example> examples) {

    private static final String COLUMNS = "label<TAB>text[<TAB>text2]";

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
        byte[] bytes = Files.readAllBytes(file);
        List<Example> examples = new ArrayList<>();
        @Nullable Parser parser = null;
        int line = 0;
        for (int start = 0; start < bytes.length; ) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            line++;
            String text = decode(file, line, bytes, start, end);
            if (parser == null) {
                parser = Parser.ofHeader(file, text, labels);
            } else {
                examples.add(parser.example(line, text));
            }
            start = end + 1;
        }
        if (parser == null) {
            throw new CommandFailure(
                    file + ": is empty; needs a header " + COLUMNS + " and a line per example");
        }
        if (examples.isEmpty()) {
            throw new CommandFailure(
                    file + ": has a header and no examples; add a line per example");
        }
        return new TsvDataset(file, examples);
    }

    /** Examples drawn without replacement; all of them, in another order, if there are fewer. */
    List<Example> draw(int count, long seed) {
        List<Example> shuffled = new ArrayList<>(examples);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.subList(0, Math.min(count, shuffled.size()));
    }

    private static String decode(Path file, int line, byte[] bytes, int start, int end) {
        int from = start;
        if (line == 1 && end - start >= 3 && (bytes[0] & 0xFF) == 0xEF) {
            from += 3; // A byte order mark, as spreadsheets write it; if it is none, the header is
            // bad.
        }
        int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CommandFailure(
                    file + ": line " + line + " is not UTF-8; convert the file (iconv -t UTF-8)",
                    e);
        }
    }

    /** Reads the lines below one header. */
    private record Parser(Path file, int columns, int label, int text, int text2, Labels labels) {

        static Parser ofHeader(Path file, String header, Labels labels) {
            List<String> names = List.of(header.split("\t", -1));
            for (String name : names) {
                if (!List.of("label", "text", "text2").contains(name)) {
                    throw badHeader(file, names, "column '" + name + "' is unknown");
                }
                if (names.indexOf(name) != names.lastIndexOf(name)) {
                    throw badHeader(file, names, "column '" + name + "' is there twice");
                }
            }
            for (String name : List.of("label", "text")) {
                if (!names.contains(name)) {
                    throw badHeader(file, names, "column '" + name + "' is missing");
                }
            }
            return new Parser(
                    file,
                    names.size(),
                    names.indexOf("label"),
                    names.indexOf("text"),
                    names.indexOf("text2"),
                    labels);
        }

        private static CommandFailure badHeader(Path file, List<String> names, String problem) {
            return new CommandFailure(
                    file
                            + ": line 1: "
                            + problem
                            + "; it has "
                            + names.size()
                            + " columns, the header must be "
                            + COLUMNS);
        }

        Example example(int line, String content) {
            String[] cells = content.split("\t", -1);
            if (cells.length != columns) {
                throw new CommandFailure(
                        at(line)
                                + " has "
                                + cells.length
                                + " columns, the header has "
                                + columns
                                + "; a text may contain no tab or line break");
            }
            String pair = text2 < 0 ? null : filled(line, "text2", cells[text2]);
            return new Example(
                    line, classOf(line, cells[label]), filled(line, "text", cells[text]), pair);
        }

        private int classOf(int line, String name) {
            return labels.index(name)
                    .orElseThrow(
                            () ->
                                    new CommandFailure(
                                            at(line)
                                                    + ", column label: '"
                                                    + name
                                                    + "' is no class of the model; use "
                                                    + classes()));
        }

        private String classes() {
            List<String> names = labels.names();
            String some = String.join(", ", names.subList(0, Math.min(8, names.size())));
            return (names.size() > 8 ? some + ", ..." : some)
                    + " or an index from 0 to "
                    + (names.size() - 1);
        }

        private String filled(int line, String column, String cell) {
            if (cell.isBlank()) {
                throw new CommandFailure(
                        at(line) + ", column " + column + " is empty; remove the line");
            }
            return cell;
        }

        private String at(int line) {
            return file + ": line " + line;
        }
    }
}
