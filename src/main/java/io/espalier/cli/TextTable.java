package io.espalier.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table for the terminal: columns padded to their widest cell, two spaces apart, the first one
 * flush left and the others, which hold numbers, flush right.
 */
public final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with its head. */
    public TextTable(String... titles) {
        rows.add(List.of(titles));
    }

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException if it has not one cell for each title
     */
    public TextTable row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "row of " + cells.length + " cells under " + rows.get(0).size() + " titles");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Prints the table, a rule below the titles. */
    public void print(PrintWriter out) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        print(out, rows.get(0), widths);
        int total = 2 * (widths.length - 1);
        for (int width : widths) {
            total += width;
        }
        out.println("-".repeat(total));
        rows.subList(1, rows.size()).forEach(row -> print(out, row, widths));
        out.flush();
    }

    private static void print(PrintWriter out, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(row.get(i)));
            line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
        }
        out.println(line.toString().stripTrailing());
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
