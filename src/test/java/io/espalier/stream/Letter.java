package io.espalier.stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import io.espalier.wire.codec.DeadLetters;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What identifies a record on the dead-letter topic.
 *
 * @param topic where the refused record was
 * @param partition of it
 * @param offset in it
 * @param timestamp its event time
 * @param stage that refused it
 * @param payload its bytes, hexadecimal
 */
public record Letter(
        String topic, int partition, long offset, long timestamp, String stage, String payload) {

    /** The letter that a refused record has to become; a tombstone's payload is empty. */
    static Letter of(
            String topic,
            int partition,
            long offset,
            long timestamp,
            String stage,
            byte @Nullable [] value) {
        String payload = value == null ? "" : HexFormat.of().formatHex(value);
        return new Letter(topic, partition, offset, timestamp, stage, payload);
    }

    /** The letter as it was read. */
    static Letter of(ConsumerRecord<byte[], byte[]> read) {
        return of(
                header(read, "topic"),
                Integer.parseInt(header(read, "partition")),
                Long.parseLong(header(read, "offset")),
                Long.parseLong(header(read, "timestamp")),
                header(read, "stage"),
                read.value());
    }

    /** A header's text. */
    static String header(ConsumerRecord<byte[], byte[]> read, String name) {
        var header = read.headers().lastHeader(DeadLetters.HEADER_PREFIX + name);
        return new String(Objects.requireNonNull(header, name).value(), StandardCharsets.UTF_8);
    }
}
