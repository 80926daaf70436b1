package io.espalier.stream.type;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A decoded, valid sample with the record it came from. It travels as the record's own bytes.
 *
 * @param raw the record, needed should a later step refuse the sample
 * @param sample what the record says
 */
public record AcceptedSample(RawRecord raw, CalibrationSample sample) {

    /** Event time in milliseconds. */
    public long timestamp() {
        return raw.origin().timestamp();
    }

    /** Writes the record. */
    void write(DataOutput out) throws IOException {
        raw.write(out);
    }

    /** Reads and decodes the record. */
    static AcceptedSample read(DataInput in) throws IOException {
        RawRecord raw = RawRecord.read(in);
        byte[] value = raw.value();
        if (value == null) {
            throw new IOException("an accepted sample without a value");
        }
        return new AcceptedSample(raw, RecordCodec.CALIBRATION_SAMPLE.decode(value));
    }
}
