package io.espalier.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The bytes of {@code report.json}: members in the order of the records' components, unknown
 * figures as null, numbers in a form that does not depend on the JDK, line feeds only. Reading
 * takes exactly what writing gives: no unknown, missing or doubled member, no conversion between
 * types.
 */
final class ReportJson {

    private static final int MAX_PROBLEM = 300;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    private static final ObjectWriter WRITER =
            MAPPER.writer(
                    new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private ReportJson() {}

    static byte[] write(PruningReport report) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WRITER.writeValue(out, report);
        out.write('\n');
        return out.toByteArray();
    }

    static PruningReport read(byte[] json) throws IOException {
        try {
            PruningReport report = MAPPER.readValue(json, PruningReport.class);
            if (report == null) {
                throw new IOException(PruningReport.FILE + ": is empty");
            }
            return report;
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
            throw new IOException(
                    PruningReport.FILE
                            + ": "
                            + problem.substring(0, Math.min(MAX_PROBLEM, problem.length())),
                    e);
        }
    }
}
