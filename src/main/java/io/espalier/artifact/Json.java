package io.espalier.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.json.StrictJson;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The store's JSON files: strict, without nulls, decimals kept digit by digit. */
final class Json {

    private static final JsonMapper MAPPER =
            StrictJson.mapper()
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Json() {}

    static byte[] write(Object value) throws IOException {
        return StrictJson.write(MAPPER, value);
    }

    /**
     * The bytes of a file.
     *
     * @param max that it may have
     */
    static byte[] file(Path file, int max) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(max + 1);
            if (bytes.length > max) {
                throw new ArtifactException(file + ": has more than " + max + " bytes");
            }
            return bytes;
        }
    }

    /**
     * Reads a value.
     *
     * @param file the name for messages
     */
    static <T> T read(String file, byte[] json, Class<T> type) throws ArtifactException {
        return refusing(file, () -> MAPPER.readValue(json, type));
    }

    /** The same of a tree that was read with {@link #read}. */
    static <T> T convert(String file, ObjectNode tree, Class<T> type) throws ArtifactException {
        return refusing(file, () -> MAPPER.treeToValue(tree, type));
    }

    /** Gives a value, or null. */
    private interface Reading<T> {
        @Nullable T read() throws IOException;
    }

    private static <T> T refusing(String file, Reading<T> reading) throws ArtifactException {
        try {
            T value = reading.read();
            if (value == null) {
                throw new ArtifactException(file + ": is empty");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new ArtifactException(file + ": " + StrictJson.problem(e), e);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException e) {
            throw new ArtifactException(file + ": cannot be read", e);
        }
    }
}
