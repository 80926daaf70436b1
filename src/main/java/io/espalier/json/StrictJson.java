package io.espalier.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * JSON as published: members in the order of the records' components, numbers in a form that does
 * not depend on the JDK, line feeds only. Reading takes exactly what writing gives: no unknown,
 * missing or doubled member, no conversion between types.
 */
public final class StrictJson {

    private static final int MAX_PROBLEM = 300;

    private StrictJson() {}

    /** A mapper to be, strict in what is said above; it may be made stricter. */
    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder(
                        JsonFactory.builder()
                                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                                .build())
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
    }

    /** The bytes of a file: indented by two, with a line feed at the end. */
    public static byte[] write(JsonMapper mapper, Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        mapper.writer(
                        new DefaultPrettyPrinter()
                                .withObjectIndenter(new DefaultIndenter("  ", "\n")))
                .writeValue(out, value);
        out.write('\n');
        return out.toByteArray();
    }

    /** What is wrong, for a message: on one line and short, for it may quote the file. */
    public static String problem(JsonProcessingException e) {
        String problem = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
        return problem.substring(0, Math.min(MAX_PROBLEM, problem.length()));
    }
}
