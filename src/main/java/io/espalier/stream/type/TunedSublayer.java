package io.espalier.stream.type;

import io.espalier.mask.Projection;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One sublayer, pruned and repaired for every budget of a decision.
 *
 * @param decision the decision
 * @param sublayer index in model order
 * @param tuned one entry for each of the decision's budgets
 */
public record TunedSublayer(Decision decision, int sublayer, List<Tuned> tuned) {

    /** Copies the list. */
    public TunedSublayer {
        tuned = List.copyOf(tuned);
    }

    /**
     * The sublayer under one budget.
     *
     * @param mask mask values [units]
     * @param repaired its projection over the kept units
     * @param asItWas predicted error of the previous projection on the present traffic; NaN without
     *     one
     */
    @SuppressWarnings("ArrayRecordComponent") // A message: written, read, never compared.
    public record Tuned(float[] mask, RepairedProjection repaired, double asItWas) {

        /** Writes all fields. */
        void write(DataOutput out) throws IOException {
            FloatArrays.write(out, mask);
            Projection projection = repaired.projection();
            out.writeInt(projection.inputs());
            out.writeInt(projection.outputs());
            FloatArrays.write(out, projection.weight());
            FloatArrays.write(out, projection.bias());
            out.writeUTF(repaired.outcome().name());
            out.writeDouble(repaired.ridge());
            out.writeInt(repaired.refusals().size());
            for (String refusal : repaired.refusals()) {
                out.writeUTF(refusal);
            }
            out.writeDouble(asItWas);
        }

        /** Reads what {@link #write} wrote. */
        static Tuned read(DataInput in) throws IOException {
            float[] mask = FloatArrays.read(in);
            Projection projection =
                    new Projection(
                            in.readInt(), in.readInt(), FloatArrays.read(in), FloatArrays.read(in));
            RepairOutcome outcome = RepairOutcome.valueOf(in.readUTF());
            double ridge = in.readDouble();
            List<String> refusals = new ArrayList<>();
            for (int lines = in.readInt(); lines > 0; lines--) {
                refusals.add(in.readUTF());
            }
            return new Tuned(
                    mask,
                    new RepairedProjection(projection, outcome, ridge, refusals),
                    in.readDouble());
        }
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        decision.write(out);
        out.writeInt(sublayer);
        out.writeInt(tuned.size());
        for (Tuned each : tuned) {
            each.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static TunedSublayer read(DataInput in) throws IOException {
        Decision decision = Decision.read(in);
        int sublayer = in.readInt();
        List<Tuned> tuned = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            tuned.add(Tuned.read(in));
        }
        return new TunedSublayer(decision, sublayer, tuned);
    }
}
