package io.espalier.stream.type;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SampleOffsets;
import io.espalier.search.ErrorCurve;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One sublayer's window, all that a decision and a repair look at.
 *
 * @param windowStart inclusive, milliseconds since the epoch
 * @param loss whose gradients the rest is made of
 * @param labelled samples with a label, of whatever loss
 * @param unlabelled samples without
 * @param offsets where all of them were read
 * @param fisher diagonal, lengths, rows
 * @param curve which units go, at what error; null without enough samples, and where the profile
 *     decides without
 * @param moments what structures are judged by, and repairs made from
 */
public record SublayerSummary(
        long windowStart,
        LossKind loss,
        long labelled,
        long unlabelled,
        SampleOffsets offsets,
        FisherSnapshot fisher,
        @Nullable ErrorCurve curve,
        RestingMoments moments) {

    private static final int VERSION = 2;
    private static final int WITHOUT_OFFSETS = 1;

    /** Writes a version and all fields. */
    void write(DataOutput out) throws IOException {
        StateVersion.write(out, VERSION);
        out.writeLong(windowStart);
        out.writeUTF(loss.name());
        out.writeLong(labelled);
        out.writeLong(unlabelled);
        offsets.write(out);
        fisher.write(out);
        out.writeBoolean(curve != null);
        if (curve != null) {
            curve.write(out);
        }
        moments.write(out);
    }

    /** Reads what {@link #write} wrote, or what version 1 did, which knew no offsets. */
    static SublayerSummary read(DataInput in) throws IOException {
        int version = StateVersion.require(in, WITHOUT_OFFSETS, VERSION, "sublayer summary");
        return new SublayerSummary(
                in.readLong(),
                LossKind.valueOf(in.readUTF()),
                in.readLong(),
                in.readLong(),
                version > WITHOUT_OFFSETS ? SampleOffsets.read(in) : SampleOffsets.NONE,
                FisherSnapshot.read(in),
                in.readBoolean() ? ErrorCurve.read(in) : null,
                RestingMoments.read(in));
    }
}
