package io.espalier.cli;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.json.StrictJson;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * A record of the drift topic: what a job says about a window, or its answer to a command.
 *
 * @param partition where it lies
 * @param offset where it lies
 * @param written when it was written, in milliseconds since the epoch
 * @param report null if it is an answer
 * @param answer null if it is a report
 */
record DriftEntry(
        int partition,
        long offset,
        long written,
        @Nullable DriftReport report,
        @Nullable ControlAcknowledgement answer) {

    /**
     * Reads a record; empty if it is of no kind that belongs there.
     *
     * @throws WireException if it claims to be of one and is not
     */
    static Optional<DriftEntry> of(ConsumerRecord<byte[], byte[]> record) throws WireException {
        byte[] value = record.value();
        if (value == null) {
            return Optional.empty();
        }
        DriftReport report =
                RecordCodec.DRIFT_REPORT.claimedBy(value)
                        ? RecordCodec.DRIFT_REPORT.decode(value)
                        : null;
        ControlAcknowledgement answer =
                RecordCodec.CONTROL_ACKNOWLEDGEMENT.claimedBy(value)
                        ? RecordCodec.CONTROL_ACKNOWLEDGEMENT.decode(value)
                        : null;
        return report == null && answer == null
                ? Optional.empty()
                : Optional.of(
                        new DriftEntry(
                                record.partition(),
                                record.offset(),
                                record.timestamp(),
                                report,
                                answer));
    }

    /** Id of the model it is about. */
    String model() {
        if (report != null) {
            return report.getModel();
        }
        return answer == null ? "" : answer.getModel();
    }

    /** Whether it is about a budget; answers are about all. */
    boolean isAbout(String budget) {
        return report == null || report.getBudget().equals(budget);
    }

    /**
     * All its fields, under the names of the schema, behind {@code type} ({@code report} or {@code
     * answer}), {@code partition} and {@code offset}; on one line.
     */
    String json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("type", report == null ? "answer" : "report");
        node.put("partition", partition);
        node.put("offset", offset);
        try {
            // Avro prints records as JSON; read, so that a line is one object or nothing.
            String fields = String.valueOf(report == null ? answer : report);
            var mapper = StrictJson.mapper().build();
            node.setAll((ObjectNode) mapper.readTree(fields));
            return mapper.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("offset " + offset + ": " + e.getMessage(), e);
        }
    }
}
