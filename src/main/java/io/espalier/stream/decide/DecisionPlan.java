package io.espalier.stream.decide;

import io.espalier.config.EspalierConfig;
import io.espalier.config.Profile;
import io.espalier.config.PromotionMode;
import io.espalier.config.Thresholds;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.mask.Sublayer;
import io.espalier.stream.window.WindowPlan;

import java.io.Serializable;
import java.util.List;

/**
 * What decisions are about, as configured.
 *
 * @param sublayers of the dense parent
 * @param costs what its units cost
 * @param budgets what to decide for, as long as no command says otherwise
 * @param profile of the numerics
 * @param roundTo what numbers of neurons are multiples of; 0 for any
 * @param tuning how pruned sublayers are repaired
 * @param thresholds of the policies, as long as no command says otherwise
 * @param promotion what becomes of candidates that pass
 * @param window how event time is cut
 * @param minSamples fewest effective samples that allow a decision
 * @param maxHeldOut held-out samples that judge a window at most
 */
public record DecisionPlan(
        List<Sublayer> sublayers,
        CostModels costs,
        List<Budget> budgets,
        Profile profile,
        int roundTo,
        EspalierConfig.Tuning tuning,
        Thresholds thresholds,
        PromotionMode promotion,
        WindowPlan window,
        int minSamples,
        int maxHeldOut)
        implements Serializable {

    /** Copies the lists. */
    public DecisionPlan {
        sublayers = List.copyOf(sublayers);
        budgets = List.copyOf(budgets);
    }
}
