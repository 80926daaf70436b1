package io.espalier.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.espalier.json.StrictJson;

import java.io.IOException;

/** The bytes of {@code report.json}; unknown figures are null. */
final class ReportJson {

    private static final JsonMapper MAPPER = StrictJson.mapper().build();

    private ReportJson() {}

    static byte[] write(PruningReport report) throws IOException {
        return StrictJson.write(MAPPER, report);
    }

    static PruningReport read(byte[] json) throws IOException {
        try {
            PruningReport report = MAPPER.readValue(json, PruningReport.class);
            if (report == null) {
                throw new IOException(PruningReport.FILE + ": is empty");
            }
            return report;
        } catch (JsonProcessingException e) {
            throw new IOException(PruningReport.FILE + ": " + StrictJson.problem(e), e);
        }
    }
}
