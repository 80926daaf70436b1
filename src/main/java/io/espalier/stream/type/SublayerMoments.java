package io.espalier.stream.type;

import io.espalier.fisher.ProjectionMoments;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The moments of one sublayer's projection input.
 *
 * @param sublayer index in model order
 * @param moments not to be changed
 */
public record SublayerMoments(int sublayer, ProjectionMoments moments) {

    /** Writes both. */
    void write(DataOutput out) throws IOException {
        out.writeInt(sublayer);
        moments.write(out);
    }

    /** Reads what {@link #write} wrote. */
    static SublayerMoments read(DataInput in) throws IOException {
        return new SublayerMoments(in.readInt(), ProjectionMoments.read(in));
    }
}
