package io.espalier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.artifact.RunFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What was measured of a published version, in its {@code run.json}, outside of its digest. */
final class RunRecords {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RunRecords() {}

    /** What the file says; nothing if there is none. */
    static ObjectNode read(Path version) throws IOException {
        Path file = version.resolve(RunFile.FILE);
        if (!Files.isRegularFile(file)) {
            return JSON.createObjectNode().put("format", 1);
        }
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode run) {
                return run;
            }
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    file + ": not JSON: " + e.getOriginalMessage() + "; delete it", e);
        }
        throw new CommandFailure(file + ": is no JSON object; delete it");
    }

    /** Sets one member of the file and leaves the others as they are. */
    static void put(Path version, String member, Object value) throws IOException {
        ObjectNode run = read(version);
        JsonNode node = JSON.valueToTree(value);
        run.set(member, node);
        OutputFiles.writeJson(version.resolve(RunFile.FILE), run);
    }
}
