package io.espalier.stream.type;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.search.ErrorCurve;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The light part of one sublayer's closed window: what a decision looks at.
 *
 * @param fisher diagonal, lengths, rows
 * @param curve which units go, at what error; null where the profile decides without
 */
public record SublayerSummary(FisherSnapshot fisher, @Nullable ErrorCurve curve) {

    /** Writes both. */
    void write(DataOutput out) throws IOException {
        fisher.write(out);
        out.writeBoolean(curve != null);
        if (curve != null) {
            curve.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static SublayerSummary read(DataInput in) throws IOException {
        FisherSnapshot fisher = FisherSnapshot.read(in);
        return new SublayerSummary(fisher, in.readBoolean() ? ErrorCurve.read(in) : null);
    }
}
