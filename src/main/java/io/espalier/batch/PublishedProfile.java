package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.mask.PruningMask;
import io.espalier.model.ScorableSample;

import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * Profile {@code reference}: the published method, which knows budgets of MACs alone and may exceed
 * them. Its supervised batch gradients are a pass of their own. Not thread-safe.
 */
public final class PublishedProfile implements PruningProfile {

    private final Calibration calibration;
    private final PublishedMethod method;

    /**
     * A profile; scores the samples.
     *
     * @param calibration for the dense model and what its MACs are
     * @param samples labelled, in order of arrival
     * @param threads to work on
     */
    public PublishedProfile(
            Calibration calibration, List<ScorableSample> samples, ExecutorService threads)
            throws InterruptedException {
        this.calibration = calibration;
        this.method =
                new PublishedMethod(
                        calibration.dense(), samples, calibration.macs(), threads, done -> {});
    }

    @Override
    public PruningMask search(Budget budget) {
        return method.search(budget.share());
    }

    @Override
    public boolean rearranges() {
        return true;
    }

    @Override
    public PruningMask rearrange(PruningMask searched) {
        return method.rearrange(searched);
    }

    @Override
    public PrunedModel tune(Budget budget, PruningMask structure) throws InterruptedException {
        return PrunedModel.folded(calibration.dense(), method.tune(budget.share(), structure));
    }
}
