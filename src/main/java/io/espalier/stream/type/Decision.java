package io.espalier.stream.type;

import io.espalier.cost.Budget;
import io.espalier.drift.UpdateKind;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What was decided at the end of one window, for all budgets; without the masks themselves.
 *
 * @param windowStart inclusive, milliseconds since the epoch
 * @param windowEnd exclusive
 * @param samples scored samples in the window
 * @param meanLength their mean length in tokens
 * @param statisticsDigest SHA-256 over the digests of all sublayers' statistics, hexadecimal
 * @param starved whether there were too few samples to decide; there are no budgets then
 * @param budgets one entry for each configured budget, in that order
 */
public record Decision(
        long windowStart,
        long windowEnd,
        long samples,
        double meanLength,
        String statisticsDigest,
        boolean starved,
        List<BudgetDecision> budgets) {

    /** Copies the list. */
    public Decision {
        budgets = List.copyOf(budgets);
    }

    /**
     * The part of a decision that belongs to one budget.
     *
     * @param budget what was asked for
     * @param sequence number of this decision among the budget's, from 1
     * @param achieved share kept of what the budget counts, at most the budget's
     * @param heads units, kept and drift of the heads
     * @param neurons the same of the neurons
     * @param update what is changed
     */
    public record BudgetDecision(
            Budget budget,
            long sequence,
            double achieved,
            KindDrift heads,
            KindDrift neurons,
            Update update) {

        /** Name of the pruned model, sorting in decision order: {@code macs0.50-000017}. */
        public String version() {
            return budget.version(sequence);
        }
    }

    /**
     * What is changed, and what is predicted of it; NaN where there is no prediction.
     *
     * @param kind whether the structure changes
     * @param best predicted error of the best structure
     * @param retuned predicted error of the previous structure, re-tuned
     */
    public record Update(UpdateKind kind, double best, double retuned) {

        private void write(DataOutput out) throws IOException {
            out.writeUTF(kind.name());
            out.writeDouble(best);
            out.writeDouble(retuned);
        }

        private static Update read(DataInput in) throws IOException {
            return new Update(UpdateKind.valueOf(in.readUTF()), in.readDouble(), in.readDouble());
        }
    }

    /**
     * How one kind of unit stands against the previous and the first window; NaN where there is
     * none to compare with.
     *
     * @param units units of this kind
     * @param kept units kept
     * @param jaccardPrevious Jaccard distance of kept units to the previous mask
     * @param jaccardFirst the same to the first mask
     * @param cosinePrevious cosine of the Fisher diagonal with the previous window's
     * @param cosineFirst the same with the first window's
     */
    public record KindDrift(
            int units,
            int kept,
            double jaccardPrevious,
            double jaccardFirst,
            double cosinePrevious,
            double cosineFirst) {

        private void write(DataOutput out) throws IOException {
            out.writeInt(units);
            out.writeInt(kept);
            out.writeDouble(jaccardPrevious);
            out.writeDouble(jaccardFirst);
            out.writeDouble(cosinePrevious);
            out.writeDouble(cosineFirst);
        }

        private static KindDrift read(DataInput in) throws IOException {
            return new KindDrift(
                    in.readInt(),
                    in.readInt(),
                    in.readDouble(),
                    in.readDouble(),
                    in.readDouble(),
                    in.readDouble());
        }
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        out.writeLong(windowStart);
        out.writeLong(windowEnd);
        out.writeLong(samples);
        out.writeDouble(meanLength);
        out.writeUTF(statisticsDigest);
        out.writeBoolean(starved);
        out.writeInt(budgets.size());
        for (BudgetDecision budget : budgets) {
            out.writeUTF(budget.budget().toString());
            out.writeLong(budget.sequence());
            out.writeDouble(budget.achieved());
            budget.heads().write(out);
            budget.neurons().write(out);
            budget.update().write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static Decision read(DataInput in) throws IOException {
        long windowStart = in.readLong();
        long windowEnd = in.readLong();
        long samples = in.readLong();
        double meanLength = in.readDouble();
        String digest = in.readUTF();
        boolean starved = in.readBoolean();
        List<BudgetDecision> budgets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            budgets.add(
                    new BudgetDecision(
                            Budget.parse(in.readUTF()),
                            in.readLong(),
                            in.readDouble(),
                            KindDrift.read(in),
                            KindDrift.read(in),
                            Update.read(in)));
        }
        return new Decision(windowStart, windowEnd, samples, meanLength, digest, starved, budgets);
    }
}
