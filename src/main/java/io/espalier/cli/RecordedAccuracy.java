package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The accuracy of a version on a file of examples, as {@code evaluate --record} leaves it in {@code
 * run.json} and {@code verify --data} wants it again.
 *
 * @param data name of the file
 * @param sha256 of its bytes, hexadecimal
 * @param maxLength tokens after which texts were cut
 * @param samples in the file
 * @param accuracy share of them whose class was found
 */
record RecordedAccuracy(String data, String sha256, int maxLength, int samples, double accuracy) {

    private static final String MEMBER = "evaluations";

    /** Puts it beside what was recorded of other files, in place of an earlier one. */
    void record(Path version) throws IOException {
        ArrayNode others = RunRecords.read(version).withArray("/" + MEMBER).deepCopy();
        for (int i = others.size() - 1; i >= 0; i--) {
            if (isOf(others.get(i), sha256, maxLength)) {
                others.remove(i);
            }
        }
        ObjectNode row = others.addObject();
        row.put("data", data).put("sha256", sha256).put("max_length", maxLength);
        row.put("samples", samples).put("accuracy", accuracy);
        RunRecords.put(version, MEMBER, others);
    }

    /** What was recorded of a file; null if nothing was. */
    static @Nullable RecordedAccuracy find(Path version, String sha256, int maxLength)
            throws IOException {
        for (JsonNode row : RunRecords.read(version).path(MEMBER)) {
            if (isOf(row, sha256, maxLength)) {
                return new RecordedAccuracy(
                        row.path("data").asText(),
                        sha256,
                        maxLength,
                        row.path("samples").asInt(),
                        row.path("accuracy").asDouble());
            }
        }
        return null;
    }

    private static boolean isOf(JsonNode row, String sha256, int maxLength) {
        return row.path("sha256").asText().equals(sha256)
                && row.path("max_length").asInt() == maxLength;
    }
}
