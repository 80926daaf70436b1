package io.espalier.stream.type;

import io.espalier.artifact.StagedModel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * A published model that is, was or could have been live, and the traffic it was made for.
 *
 * @param staged where it was staged, its version and digest
 * @param windowEnd of the window it was decided for
 * @param mask mask values [sublayer][units]
 * @param baseline Fisher diagonals [sublayer][units] of that window
 */
public record LiveModel(
        StagedModel staged, long windowEnd, List<float[]> mask, List<float[]> baseline) {

    /** Copies the lists. */
    public LiveModel {
        mask = List.copyOf(mask);
        baseline = List.copyOf(baseline);
    }

    /** Version of the model. */
    public String version() {
        return staged.version();
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        staged.write(out);
        out.writeLong(windowEnd);
        FloatArrays.writeRows(out, mask);
        FloatArrays.writeRows(out, baseline);
    }

    /** Reads what {@link #write} wrote. */
    static LiveModel read(DataInput in) throws IOException {
        return new LiveModel(
                StagedModel.read(in),
                in.readLong(),
                FloatArrays.readRows(in),
                FloatArrays.readRows(in));
    }
}
