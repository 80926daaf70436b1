package io.espalier.stream.type;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A decoded, valid sample with the record it came from. It travels as the record's own bytes,
 * beside its label, which may have come later than the record.
 *
 * @param raw the record, needed should a later step refuse the sample
 * @param sample what the record says
 */
public record AcceptedSample(RawRecord raw, CalibrationSample sample) {

    private static final int VERSION = 1;

    /** Event time in milliseconds. */
    public long timestamp() {
        return raw.origin().timestamp();
    }

    /** With a label that came later. */
    public AcceptedSample labelled(String label) {
        return new AcceptedSample(
                raw, CalibrationSample.newBuilder(sample).setLabel(label).build());
    }

    /** Writes a version, the record and the label. */
    void write(DataOutput out) throws IOException {
        StateVersion.write(out, VERSION);
        raw.write(out);
        String label = sample.getLabel();
        out.writeBoolean(label != null);
        if (label != null) {
            out.writeUTF(label);
        }
    }

    /** Reads what {@link #write} wrote. */
    static AcceptedSample read(DataInput in) throws IOException {
        StateVersion.require(in, VERSION, "accepted sample");
        RawRecord raw = RawRecord.read(in);
        byte[] value = raw.value();
        if (value == null) {
            throw new IOException("an accepted sample without a value");
        }
        AcceptedSample sample =
                new AcceptedSample(raw, RecordCodec.CALIBRATION_SAMPLE.decode(value));
        return in.readBoolean() ? sample.labelled(in.readUTF()) : sample;
    }
}
