package io.espalier.wire.codec;

import org.apache.avro.Schema;

/**
 * Walks over the bytes of a record of strings, whole numbers and enums, and allocates nothing: what
 * {@link AvroLimits} does for the job, for readers that do not choose their JVM's start options.
 */
final class PlainLengths {

    private static final int MOST_BYTES_OF_A_LONG = 10;

    private final byte[] bytes;
    private int at;

    private PlainLengths(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    /**
     * Refuses bytes that end before the record does.
     *
     * @param from where the record begins
     * @throws WireException naming the field and both lengths
     * @throws IllegalArgumentException if the schema has fields of other types
     */
    static void require(Schema schema, byte[] bytes, int from) throws WireException {
        PlainLengths walk = new PlainLengths(bytes, from);
        for (Schema.Field field : schema.getFields()) {
            switch (field.schema().getType()) {
                case STRING -> walk.string(field.name());
                case INT, LONG, ENUM -> walk.number(field.name());
                default ->
                        throw new IllegalArgumentException(
                                schema.getName() + "." + field.name() + " is no plain field");
            }
        }
    }

    private void string(String field) throws WireException {
        long length = number(field);
        int left = bytes.length - at;
        if (length < 0 || length > left) {
            throw new WireException(
                    "field '" + field + "' claims " + length + " bytes, " + left + " are left");
        }
        at += (int) length;
    }

    /** Avro's variable-length zig-zag encoding. */
    private long number(String field) throws WireException {
        long raw = 0;
        for (int i = 0; i < MOST_BYTES_OF_A_LONG && at < bytes.length; i++) {
            byte next = bytes[at++];
            raw |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new WireException(
                "field '"
                        + field
                        + "' ends within a number, at byte "
                        + at
                        + " of "
                        + bytes.length);
    }
}
