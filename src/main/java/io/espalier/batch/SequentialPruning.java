package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutQuality;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.search.ErrorCurve;
import io.espalier.tuning.ProjectionRepair;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Structures of profile {@code espalier}, repaired from the bottom up over the samples again.
 *
 * <p>Accepted as a whole: where the model that a job would publish, with the one-pass repair or
 * merely cut, is closer to the dense one on the held-out samples, in KL, that model is the result.
 * Without held-out samples the sequential one is. Not thread-safe.
 */
public final class SequentialPruning implements ReplayedPruning {

    /** Name of the repair from the bottom up. */
    public static final String SEQUENTIAL = "sequential";

    /** Name of the repair from the statistics alone. */
    public static final String ONE_PASS = "one-pass";

    /** Name of no repair at all. */
    public static final String NONE = "none";

    private final Calibration calibration;
    private final CurveProfile structures;
    private final Replay replay;
    private final SampleJudge judge;
    private final double ridge;

    /**
     * A way to prune.
     *
     * @param curves of the calibration
     * @param replay the samples that the calibration is of
     * @param judge on samples that it is not of
     * @param ridge of both repairs
     */
    public SequentialPruning(
            Calibration calibration,
            List<ErrorCurve> curves,
            Replay replay,
            SampleJudge judge,
            double ridge) {
        this.calibration = calibration;
        this.structures = new CurveProfile(calibration, curves);
        this.replay = replay;
        this.judge = judge;
        this.ridge = ridge;
    }

    @Override
    public ReplayedModel prune(Budget budget, Runnable progress) throws InterruptedException {
        PruningMask mask = structures.search(budget);
        ReplayedModel onePass =
                model(
                        budget,
                        mask,
                        calibration.repairs(
                                mask, new ProjectionRepair(PositiveDefiniteSolver.best(), ridge)),
                        ONE_PASS);
        ReplayedModel sequential =
                model(
                        budget,
                        mask,
                        new SequentialRepair(replay.threads(), ridge)
                                .repair(
                                        calibration.dense(),
                                        replay.samples(),
                                        mask,
                                        replay.weights(),
                                        progress),
                        SEQUENTIAL);
        return better(better(cut(budget, mask), onePass), sequential);
    }

    /** A repaired model, unless another is known to be closer to the dense one. */
    static ReplayedModel better(ReplayedModel fallback, ReplayedModel repaired) {
        double one = fallback.quality().divergence();
        double two = repaired.quality().divergence();
        if (repaired.quality().samples() == 0 || two <= one) {
            return repaired;
        }
        return new ReplayedModel(
                fallback.budget(),
                fallback.share(),
                fallback.model(),
                fallback.outcomes(),
                fallback.repair(),
                fallback.quality(),
                String.format(
                        Locale.ROOT,
                        "%s: published with repair '%s', for its KL on the held-out samples is"
                                + " %.4f, that of '%s' %.4f",
                        fallback.budget(),
                        fallback.repair(),
                        one,
                        repaired.repair(),
                        two));
    }

    private ReplayedModel cut(Budget budget, PruningMask mask) {
        PrunedModel model = PrunedModel.folded(calibration.dense(), mask);
        return new ReplayedModel(
                budget,
                calibration.share(budget, mask),
                model,
                Collections.nCopies(mask.sublayers().size(), RepairOutcome.UNCHANGED),
                NONE,
                judge.quality(model),
                "");
    }

    private ReplayedModel model(
            Budget budget, PruningMask mask, List<RepairedProjection> repairs, String name) {
        PrunedModel model = PrunedModel.repaired(mask, repairs);
        HeldOutQuality quality = judge.quality(model);
        return new ReplayedModel(
                budget,
                calibration.share(budget, mask),
                model,
                repairs.stream().map(RepairedProjection::outcome).toList(),
                name,
                quality,
                "");
    }

    @Override
    public String statisticsDigest() {
        return FisherSnapshot.digest(calibration.snapshots());
    }
}
