package io.espalier.stream.type;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.RestingMoments;
import io.espalier.search.ErrorCurve;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One sublayer's closed window: what a decision looks at.
 *
 * @param fisher diagonal, lengths, rows
 * @param curve which units go, at what error; null where the profile decides without
 * @param moments what the structure in force is judged by; null with the curve
 */
public record SublayerSummary(
        FisherSnapshot fisher, @Nullable ErrorCurve curve, @Nullable RestingMoments moments) {

    /** Writes both. */
    void write(DataOutput out) throws IOException {
        fisher.write(out);
        out.writeBoolean(curve != null);
        if (curve != null) {
            curve.write(out);
        }
        out.writeBoolean(moments != null);
        if (moments != null) {
            moments.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static SublayerSummary read(DataInput in) throws IOException {
        FisherSnapshot fisher = FisherSnapshot.read(in);
        ErrorCurve curve = in.readBoolean() ? ErrorCurve.read(in) : null;
        return new SublayerSummary(
                fisher, curve, in.readBoolean() ? RestingMoments.read(in) : null);
    }
}
