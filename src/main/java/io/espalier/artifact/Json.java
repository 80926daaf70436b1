package io.espalier.artifact;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * JSON as published: members in the order of the records' components, numbers in a form that does
 * not depend on the JDK, line feeds only. Reading takes exactly what writing gives: no unknown,
 * missing or doubled member, no conversion between types.
 */
final class Json {

    private static final int MAX_PROBLEM = 300;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    private static final ObjectWriter WRITER =
            MAPPER.writer(
                    new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private Json() {}

    static byte[] write(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WRITER.writeValue(out, value);
        out.write('\n');
        return out.toByteArray();
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
            String problem = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
            throw new ArtifactException(
                    file + ": " + problem.substring(0, Math.min(MAX_PROBLEM, problem.length())), e);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException e) {
            throw new ArtifactException(file + ": cannot be read", e);
        }
    }
}
