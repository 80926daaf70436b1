package io.espalier.cost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.cost.LatencyTable.Last;
import io.espalier.cost.LatencyTables.Entry;
import io.espalier.mask.Sublayer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON form of {@link LatencyTables}; further fields say how they were measured and are not
 * read.
 *
 * <pre>
 *   {"format": 2, "workloads": [{"batch": 8, "length": 64, "attention": [...], "ffn": [...],
 *                                "last": {"attention": [...], "ffn": [...]}}, ...]}
 * </pre>
 *
 * <p>{@code last} is of the last layer, and may be missing.
 *
 * <p>Without {@code workloads}, as in the first format, the file is a single table; its batch and
 * length, if it has them, name it.
 */
public final class LatencyTableFile {

    private static final long MAX_BYTES = 8 << 20;

    private LatencyTableFile() {}

    /**
     * Reads tables for a model.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it holds no table, or one of another shape than the
     *     sublayers'; the message names file, field and both numbers
     */
    public static LatencyTables read(Path file, List<Sublayer> sublayers) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    file + ": " + bytes + " bytes; a latency table has at most " + MAX_BYTES);
        }
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            List<Entry> entries = new ArrayList<>();
            if (root.has("workloads")) {
                root.path("workloads").forEach(each -> entries.add(entry(each, sublayers)));
            } else {
                entries.add(entry(root, sublayers));
            }
            return new LatencyTables(entries);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Entry entry(JsonNode node, List<Sublayer> sublayers) {
        JsonNode last = node.path("last");
        LatencyTable table =
                new LatencyTable(
                        times(node, "attention"),
                        times(node, "ffn"),
                        last.isMissingNode()
                                ? null
                                : new Last(
                                        sublayers.get(sublayers.size() - 1).layer(),
                                        times(last, "attention"),
                                        times(last, "ffn")));
        table.requireShapeOf(sublayers);
        boolean named = node.path("batch").isInt() && node.path("length").isInt();
        return new Entry(
                named
                        ? new Workload(node.path("batch").asInt(), node.path("length").asInt())
                        : null,
                table);
    }

    private static List<Double> times(JsonNode root, String field) {
        JsonNode values = root.path(field);
        if (!values.isArray()) {
            throw new IllegalArgumentException(
                    "'"
                            + field
                            + "' is no list; a table is {\"attention\": [...], \"ffn\": [...]}");
        }
        List<Double> times = new ArrayList<>();
        for (JsonNode value : values) {
            if (!value.isNumber()) {
                throw new IllegalArgumentException(
                        "'"
                                + field
                                + "' entry "
                                + (times.size() + 1)
                                + " is "
                                + value.getNodeType()
                                + "; it must be a number of milliseconds");
            }
            times.add(value.asDouble());
        }
        return times;
    }
}
