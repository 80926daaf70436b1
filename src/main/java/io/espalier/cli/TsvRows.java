package io.espalier.cli;

import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Text from a file or from standard input: UTF-8, one example a line, columns separated by tabs,
 * without quoting. The first line names the columns, {@code text} and optionally {@code label} and
 * {@code text2}, in any order; plain text has no such line and no columns.
 *
 * @param source what messages call it
 * @param rows at least one, in their order
 */
record TsvRows(String source, List<Row> rows) {

    /** Copies the list. */
    TsvRows {
        rows = List.copyOf(rows);
    }

    /**
     * One line.
     *
     * @param line its number, from 1; a header is line 1
     * @param label as it stands there; null if there is none
     * @param pair the second text, null if there is no such column
     */
    record Row(int line, @Nullable String label, String text, @Nullable String pair) {}

    /**
     * Rows that all have a label.
     *
     * @throws CommandFailure naming source, line, column and remedy if they are malformed
     */
    static TsvRows labelled(String source, byte[] bytes) {
        return table(source, bytes, true);
    }

    /**
     * Rows with or without a label: the column may be missing, and a cell of it empty.
     *
     * @throws CommandFailure naming source, line, column and remedy if they are malformed
     */
    static TsvRows unlabelledToo(String source, byte[] bytes) {
        return table(source, bytes, false);
    }

    /**
     * Rows that are a text each.
     *
     * @throws CommandFailure naming source, line and remedy if one is blank or not UTF-8
     */
    static TsvRows plain(String source, byte[] bytes) {
        List<Row> rows = new ArrayList<>();
        lines(
                source,
                bytes,
                (line, text) -> {
                    if (text.isBlank()) {
                        throw new CommandFailure(
                                source + ": line " + line + " is empty; remove the line");
                    }
                    rows.add(new Row(line, null, text, null));
                });
        if (rows.isEmpty()) {
            throw new CommandFailure(source + ": is empty; needs a text per line");
        }
        return new TsvRows(source, rows);
    }

    /**
     * The class that a row's label means.
     *
     * @throws CommandFailure naming source, line and the classes if it means none
     */
    int classOf(Row row, Labels labels) {
        String name = row.label() == null ? "" : row.label();
        return labels.index(name)
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        at(row)
                                                + ", column label: '"
                                                + name
                                                + "' is no class of the model; use "
                                                + classes(labels)));
    }

    /** Where a row stands, for messages. */
    String at(Row row) {
        return source + ": line " + row.line();
    }

    private static String classes(Labels labels) {
        List<String> names = labels.names();
        String some = String.join(", ", names.subList(0, Math.min(8, names.size())));
        return (names.size() > 8 ? some + ", ..." : some)
                + " or an index from 0 to "
                + (names.size() - 1);
    }

    private static TsvRows table(String source, byte[] bytes, boolean labelled) {
        List<Row> rows = new ArrayList<>();
        List<Parser> parser = new ArrayList<>(); // Of the header, once that is read.
        lines(
                source,
                bytes,
                (line, text) -> {
                    if (parser.isEmpty()) {
                        parser.add(Parser.ofHeader(source, text, labelled));
                    } else {
                        rows.add(parser.get(0).row(line, text));
                    }
                });
        if (parser.isEmpty()) {
            throw new CommandFailure(
                    source
                            + ": is empty; needs a header "
                            + header(labelled)
                            + " and a line per example");
        }
        if (rows.isEmpty()) {
            throw new CommandFailure(
                    source + ": has a header and no examples; add a line per example");
        }
        return new TsvRows(source, rows);
    }

    private static String header(boolean labelled) {
        return labelled ? "label<TAB>text[<TAB>text2]" : "[label<TAB>]text[<TAB>text2]";
    }

    private static void lines(String source, byte[] bytes, BiConsumer<Integer, String> each) {
        int line = 0;
        for (int start = 0; start < bytes.length; ) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            line++;
            each.accept(line, decode(source, line, bytes, start, end));
            start = end + 1;
        }
    }

    private static String decode(String source, int line, byte[] bytes, int start, int end) {
        int from = start;
        if (line == 1
                && end - start >= 3
                && (bytes[0] & 0xFF) == 0xEF
                && (bytes[1] & 0xFF) == 0xBB
                && (bytes[2] & 0xFF) == 0xBF) {
            from += 3; // A byte order mark, as spreadsheets write it.
        }
        int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CommandFailure(
                    source + ": line " + line + " is not UTF-8; convert the file (iconv -t UTF-8)",
                    e);
        }
    }

    /** Reads the lines below one header; columns that are not there have the index -1. */
    private record Parser(String source, int columns, int label, int text, int text2) {

        static Parser ofHeader(String source, String header, boolean labelled) {
            List<String> names = List.of(header.split("\t", -1));
            for (String name : names) {
                if (!List.of("label", "text", "text2").contains(name)) {
                    throw badHeader(source, names, "column '" + name + "' is unknown", labelled);
                }
                if (names.indexOf(name) != names.lastIndexOf(name)) {
                    throw badHeader(
                            source, names, "column '" + name + "' is there twice", labelled);
                }
            }
            for (String name : labelled ? List.of("label", "text") : List.of("text")) {
                if (!names.contains(name)) {
                    throw badHeader(source, names, "column '" + name + "' is missing", labelled);
                }
            }
            return new Parser(
                    source,
                    names.size(),
                    names.indexOf("label"),
                    names.indexOf("text"),
                    names.indexOf("text2"));
        }

        private static CommandFailure badHeader(
                String source, List<String> names, String problem, boolean labelled) {
            return new CommandFailure(
                    source
                            + ": line 1: "
                            + problem
                            + "; it has "
                            + names.size()
                            + " columns, the header must be "
                            + header(labelled));
        }

        Row row(int line, String content) {
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
            String name = label < 0 || cells[label].isEmpty() ? null : cells[label];
            return new Row(line, name, filled(line, "text", cells[text]), pair);
        }

        private String filled(int line, String column, String cell) {
            if (cell.isBlank()) {
                throw new CommandFailure(
                        at(line) + ", column " + column + " is empty; remove the line");
            }
            return cell;
        }

        private String at(int line) {
            return source + ": line " + line;
        }
    }
}
