package io.espalier.stream.type;

import io.espalier.wire.codec.Origin;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A record as the source read it.
 *
 * @param value the value's bytes, null for a tombstone; not to be written to
 * @param origin where it was read; its timestamp is the event time
 */
@SuppressWarnings("ArrayRecordComponent") // The wire's own bytes, never compared.
public record RawRecord(byte @Nullable [] value, Origin origin) {

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        out.writeInt(value == null ? -1 : value.length);
        if (value != null) {
            out.write(value);
        }
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestamp());
    }

    /** Reads what {@link #write} wrote. */
    static RawRecord read(DataInput in) throws IOException {
        int length = in.readInt();
        byte[] value = null;
        if (length >= 0) {
            value = new byte[length];
            in.readFully(value);
        }
        return new RawRecord(
                value, new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong()));
    }
}
