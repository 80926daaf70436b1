package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Map;

/**
 * What {@code run.json} says at first: by which run a version was written.
 *
 * <p>It differs from replay to replay, so it is outside the manifest and its digest, and no loader
 * reads it. Whoever measures a version adds what was measured.
 *
 * @param facts by name, in the order of the map
 */
public record RunFile(Map<String, String> facts) {

    /** Name of the file. */
    public static final String FILE = "run.json";

    /** Of a run about which nothing is known. */
    public static final RunFile NONE = new RunFile(Map.of());

    byte[] toJson() throws IOException {
        ObjectNode run = JsonNodeFactory.instance.objectNode();
        run.put("format", 1);
        ObjectNode written = run.putObject("written");
        facts.forEach(written::put);
        return Json.write(run);
    }
}
