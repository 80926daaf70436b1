package io.espalier.wire.codec;

import io.espalier.wire.DeadLetter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Dead letters and their form on the dead-letter topic: the raw value, with the reasons in headers.
 */
public final class DeadLetters {

    /** What every header's name begins with. */
    public static final String HEADER_PREFIX = "espalier.error.";

    private DeadLetters() {}

    /**
     * The letter for a refused value.
     *
     * @param payload the value as it was read; not copied
     * @param errorClass kind of the error
     * @param message what is wrong, without quoting the payload
     */
    public static DeadLetter of(
            byte[] payload, Origin origin, Stage stage, String errorClass, String message) {
        return DeadLetter.newBuilder()
                .setPayload(ByteBuffer.wrap(payload))
                .setTopic(origin.topic())
                .setPartition(origin.partition())
                .setOffset(origin.offset())
                .setTimestamp(origin.timestamp())
                .setStage(stage.label())
                .setErrorClass(errorClass)
                .setMessage(message)
                .setSchemaFingerprint(RecordCodec.claimedFingerprint(payload))
                .build();
    }

    /**
     * The Kafka headers of a letter, in order: topic, partition, offset, timestamp, stage, class,
     * message and, if the payload claims one, schema. Values are UTF-8 text, numbers decimal.
     */
    public static Map<String, byte[]> headers(DeadLetter letter) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        put(headers, "topic", letter.getTopic());
        put(headers, "partition", Integer.toString(letter.getPartition()));
        put(headers, "offset", Long.toString(letter.getOffset()));
        put(headers, "timestamp", Long.toString(letter.getTimestamp()));
        put(headers, "stage", letter.getStage());
        put(headers, "class", letter.getErrorClass());
        put(headers, "message", letter.getMessage());
        if (letter.getSchemaFingerprint() != null) {
            put(headers, "schema", letter.getSchemaFingerprint());
        }
        return Collections.unmodifiableMap(headers);
    }

    /** A copy of a letter's payload. */
    public static byte[] payload(DeadLetter letter) {
        ByteBuffer payload = letter.getPayload().duplicate();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    private static void put(Map<String, byte[]> headers, String name, String value) {
        headers.put(HEADER_PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }
}
