package io.espalier.cost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.mask.Sublayer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON form of a {@link LatencyTable}: {@code {"attention": [...], "ffn": [...]}}; further
 * fields say how it was measured and are not read.
 */
public final class LatencyTableFile {

    private static final long MAX_BYTES = 8 << 20;

    private LatencyTableFile() {}

    /**
     * Reads a table for a model.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it holds no table, or one of another shape than the
     *     sublayers'; the message names file, field and both numbers
     */
    public static LatencyTable read(Path file, List<Sublayer> sublayers) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    file + ": " + bytes + " bytes; a latency table has at most " + MAX_BYTES);
        }
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            LatencyTable table = new LatencyTable(times(root, "attention"), times(root, "ffn"));
            table.requireShapeOf(sublayers);
            return table;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
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
