package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutQuality;
import io.espalier.tuning.RepairOutcome;

import java.util.List;

/**
 * A pruned model from samples at hand, judged but not yet published.
 *
 * @param budget what was asked for
 * @param share kept of what the budget counts
 * @param model the model
 * @param outcomes for each sublayer how far its repair got, in model order
 * @param repair name of the repair that was chosen as a whole
 * @param quality on the held-out samples
 * @param remark what a reader should know beside; empty if nothing
 */
public record ReplayedModel(
        Budget budget,
        double share,
        PrunedModel model,
        List<RepairOutcome> outcomes,
        String repair,
        HeldOutQuality quality,
        String remark) {

    /** Copies the list. */
    public ReplayedModel {
        outcomes = List.copyOf(outcomes);
    }

    /** Sublayers for which nothing could be solved. */
    public int unrepaired() {
        return (int) outcomes.stream().filter(outcome -> !outcome.solved()).count();
    }
}
