package io.espalier.stream.type;

import io.espalier.artifact.StagedModel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A published model that is, was or could have been live, and the traffic it was made for.
 *
 * @param staged where it was staged, its version and digest
 * @param windowEnd of the window it was decided for
 * @param mask mask values [sublayer][units]
 * @param diagonals Fisher diagonals [sublayer][units] of that window
 * @param profiles importance profiles [sublayer][2][units] of that window's halves
 */
public record LiveModel(
        StagedModel staged,
        long windowEnd,
        List<float[]> mask,
        List<float[]> diagonals,
        List<List<float[]>> profiles) {

    /** Copies the lists. */
    public LiveModel {
        mask = List.copyOf(mask);
        diagonals = List.copyOf(diagonals);
        profiles = profiles.stream().map(List::copyOf).toList();
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
        FloatArrays.writeRows(out, diagonals);
        out.writeInt(profiles.size());
        for (List<float[]> halves : profiles) {
            FloatArrays.writeRows(out, halves);
        }
    }

    /** Reads what {@link #write} wrote. */
    static LiveModel read(DataInput in) throws IOException {
        StagedModel staged = StagedModel.read(in);
        long windowEnd = in.readLong();
        List<float[]> mask = FloatArrays.readRows(in);
        List<float[]> diagonals = FloatArrays.readRows(in);
        List<List<float[]>> profiles = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            profiles.add(FloatArrays.readRows(in));
        }
        return new LiveModel(staged, windowEnd, mask, diagonals, profiles);
    }
}
