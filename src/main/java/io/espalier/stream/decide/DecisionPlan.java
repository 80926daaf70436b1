package io.espalier.stream.decide;

import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.drift.UpdatePolicy;
import io.espalier.mask.Sublayer;
import io.espalier.stream.WindowSize;

import java.io.Serializable;
import java.util.List;

/**
 * What decisions are about; fixed for the life of a job.
 *
 * @param sublayers of the dense parent
 * @param costs what its units cost
 * @param budgets what to decide for
 * @param profile of the numerics
 * @param updates when a structure is changed
 * @param window length of a window
 * @param minSamples fewest scored samples that allow a decision
 */
public record DecisionPlan(
        List<Sublayer> sublayers,
        CostModels costs,
        List<Budget> budgets,
        Profile profile,
        UpdatePolicy updates,
        WindowSize window,
        int minSamples)
        implements Serializable {

    /** Copies the lists. */
    public DecisionPlan {
        sublayers = List.copyOf(sublayers);
        budgets = List.copyOf(budgets);
    }
}
