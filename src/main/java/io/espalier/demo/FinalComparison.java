package io.espalier.demo;

import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutQuality;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What pruning is worth at the end of a drift: models side by side on the last window's held-out
 * samples, for each budget.
 *
 * @param scored samples of the window that the job, and the reference, decided from
 * @param heldOut samples that judge; none of the figures is known without any
 * @param rows by budget, then by role
 * @param remarks what a reader should know beside
 */
public record FinalComparison(int scored, int heldOut, List<Row> rows, List<String> remarks) {

    /** Copies the lists. */
    public FinalComparison {
        rows = List.copyOf(rows);
        remarks = List.copyOf(remarks);
    }

    /** Which model a row is of. */
    public enum Role {
        /** The parent. */
        DENSE("dense"),
        /** The budget's first pruned model, as it was. */
        FIRST("first mask, frozen"),
        /** The budget's latest pruned model. */
        CURRENT("current mask"),
        /** The published method on the last window's samples, with their labels. */
        REFERENCE("reference profile");

        private final String label;

        Role(String label) {
            this.label = label;
        }

        /** The name used in tables. */
        public String label() {
            return label;
        }
    }

    /**
     * One model.
     *
     * @param quality null if there is no such model
     * @param share kept of what the budget counts, at the lengths of the scored samples; NaN if
     *     there is no such model
     */
    public record Row(Budget budget, Role role, @Nullable HeldOutQuality quality, double share) {}
}
