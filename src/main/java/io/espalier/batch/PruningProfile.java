package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.mask.PruningMask;

/**
 * How masks are found and their values tuned, one method a step; what is common to all profiles is
 * in {@link StepwisePruning}.
 */
public interface PruningProfile {

    /** The binary mask of a budget. */
    PruningMask search(Budget budget);

    /** Whether there is a step between search and tuning. */
    boolean rearranges();

    /** A searched mask with units exchanged; the mask itself where there is no such step. */
    PruningMask rearrange(PruningMask searched);

    /**
     * The model with tuned mask values.
     *
     * @param structure the binary mask that the steps before gave for the budget
     */
    PrunedModel tune(Budget budget, PruningMask structure) throws InterruptedException;
}
