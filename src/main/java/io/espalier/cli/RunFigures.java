package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Figures of {@code run.json}, whose form is not fixed, in rows. */
final class RunFigures {

    private static final int MOST = 200;

    private RunFigures() {}

    /** Whether it is a list of objects of plain values. */
    static boolean isTable(JsonNode figures) {
        if (!figures.isArray()) {
            return false;
        }
        for (JsonNode row : figures) {
            if (!row.isObject() || row.isEmpty()) {
                return false;
            }
            for (JsonNode cell : row) {
                if (cell.isContainerNode()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A row for each object, a column for each name. */
    static TextTable table(JsonNode figures) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode row : figures) {
            row.fieldNames().forEachRemaining(names::add);
        }
        TextTable table = new TextTable(names.stream().map(PlainText::of).toArray(String[]::new));
        int rows = 0;
        for (JsonNode row : figures) {
            if (rows++ == MOST) {
                break;
            }
            table.row(
                    names.stream()
                            .map(name -> PlainText.of(row.path(name).asText("-")))
                            .toArray(String[]::new));
        }
        return table;
    }

    /** A line for each plain value, named by its path. */
    static List<String> lines(JsonNode figures) {
        List<String> lines = new ArrayList<>();
        walk("", figures, lines);
        return lines;
    }

    private static void walk(String path, JsonNode node, List<String> lines) {
        if (lines.size() == MOST) {
            return;
        }
        if (!node.isContainerNode()) {
            lines.add("  " + PlainText.of(path) + ": " + PlainText.of(node.asText()));
            return;
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            walk(below, field.getValue(), lines);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            walk(path + "[" + i + "]", node.get(i), lines);
        }
    }
}
