package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the next decision has to know of earlier ones.
 *
 * @param decisions number of decisions so far, at least 1
 * @param firstDiagonals Fisher diagonals [sublayer][units] of the first decided window
 * @param previousDiagonals the same of the last one
 * @param masks one entry for each budget, in configured order
 */
public record DecisionMemory(
        long decisions,
        List<float[]> firstDiagonals,
        List<float[]> previousDiagonals,
        List<BudgetMasks> masks) {

    /** Copies the lists. */
    public DecisionMemory {
        firstDiagonals = List.copyOf(firstDiagonals);
        previousDiagonals = List.copyOf(previousDiagonals);
        masks = List.copyOf(masks);
    }

    /**
     * The masks remembered of one budget.
     *
     * @param budget the budget's text; a changed configuration is told by it
     * @param first mask values [sublayer][units] of its first decision
     * @param previous the same of its last one
     */
    public record BudgetMasks(String budget, List<float[]> first, List<float[]> previous) {

        /** Copies the lists. */
        public BudgetMasks {
            first = List.copyOf(first);
            previous = List.copyOf(previous);
        }
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        out.writeLong(decisions);
        writeRows(out, firstDiagonals);
        writeRows(out, previousDiagonals);
        out.writeInt(masks.size());
        for (BudgetMasks budget : masks) {
            out.writeUTF(budget.budget());
            writeRows(out, budget.first());
            writeRows(out, budget.previous());
        }
    }

    /** Reads what {@link #write} wrote. */
    static DecisionMemory read(DataInput in) throws IOException {
        long decisions = in.readLong();
        List<float[]> first = readRows(in);
        List<float[]> previous = readRows(in);
        List<BudgetMasks> masks = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            masks.add(new BudgetMasks(in.readUTF(), readRows(in), readRows(in)));
        }
        return new DecisionMemory(decisions, first, previous, masks);
    }

    private static void writeRows(DataOutput out, List<float[]> rows) throws IOException {
        out.writeInt(rows.size());
        for (float[] row : rows) {
            FloatArrays.write(out, row);
        }
    }

    private static List<float[]> readRows(DataInput in) throws IOException {
        List<float[]> rows = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            rows.add(FloatArrays.read(in));
        }
        return rows;
    }
}
