package io.espalier.batch;

import io.espalier.cost.Budget;

/** A way to prune that runs its samples more than once, and so needs them at hand. */
public interface ReplayedPruning {

    /**
     * Prunes to a budget; what budgets share was done before.
     *
     * @param progress called after each sublayer
     */
    ReplayedModel prune(Budget budget, Runnable progress) throws InterruptedException;

    /** SHA-256 of what all is decided from, hexadecimal. */
    String statisticsDigest();
}
