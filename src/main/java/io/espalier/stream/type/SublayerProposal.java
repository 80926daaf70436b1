package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a decision asks of one sublayer.
 *
 * @param decision the decision
 * @param sublayer index in model order
 * @param masks mask values [units] for each of the decision's budgets
 */
public record SublayerProposal(Decision decision, int sublayer, List<float[]> masks) {

    /** Copies the list. */
    public SublayerProposal {
        masks = List.copyOf(masks);
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        decision.write(out);
        out.writeInt(sublayer);
        out.writeInt(masks.size());
        for (float[] mask : masks) {
            FloatArrays.write(out, mask);
        }
    }

    /** Reads what {@link #write} wrote. */
    static SublayerProposal read(DataInput in) throws IOException {
        Decision decision = Decision.read(in);
        int sublayer = in.readInt();
        List<float[]> masks = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            masks.add(FloatArrays.read(in));
        }
        return new SublayerProposal(decision, sublayer, masks);
    }
}
