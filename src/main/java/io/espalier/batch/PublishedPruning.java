package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.MacCost;
import io.espalier.drift.HeldOutQuality;
import io.espalier.mask.Sublayer;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.tuning.PublishedTuning.Verdict;
import io.espalier.tuning.RepairOutcome;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Whole models by the published method, profile {@code reference}. Budgets of MACs only, which it
 * may exceed.
 */
public final class PublishedPruning implements ReplayedPruning {

    /** Name of the repair: mask values, as published. */
    public static final String REPAIR = "published";

    private final TextClassifier dense;
    private final PublishedMethod method;
    private final MacCost cost;
    private final SampleJudge judge;

    /**
     * Scores the samples.
     *
     * @param dense stays open as long as this is used
     * @param samples labelled, in order of arrival; at least one
     * @param judge on held-out samples
     * @param threads to work on
     * @param progress told the number of samples of each batch that is scored, from any thread
     * @throws IllegalArgumentException if every gradient is 0
     * @throws ArithmeticException if a gradient is not finite
     */
    public PublishedPruning(
            TextClassifier dense,
            List<ScorableSample> samples,
            SampleJudge judge,
            ExecutorService threads,
            IntConsumer progress)
            throws InterruptedException {
        this.dense = dense;
        this.judge = judge;
        List<Encoding> encodings = samples.stream().map(ScorableSample::encoding).toList();
        SampleLengths lengths = SampleLengths.of(encodings);
        this.cost =
                new MacCost(dense.description().hidden(), lengths.mean(), lengths.meanSquared());
        this.method = new PublishedMethod(dense, samples, cost, threads, progress);
    }

    /**
     * Prunes to a budget.
     *
     * @throws IllegalArgumentException if it counts anything but MACs
     */
    @Override
    public ReplayedModel prune(Budget budget, Runnable progress) throws InterruptedException {
        if (budget.metric() != CostMetric.MACS) {
            throw new IllegalArgumentException(
                    "budget " + budget + ": the published method knows macs alone");
        }
        PublishedResult result = method.prune(budget.share(), progress);
        PrunedModel model = PrunedModel.folded(dense, result.tuned());
        HeldOutQuality quality = judge.quality(model);
        double share = cost.share(result.tuned());
        return new ReplayedModel(
                budget,
                share,
                model,
                outcomes(result),
                REPAIR,
                quality,
                budget.allows(share)
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "%s: the published method keeps %.2f %%, more than it was allowed",
                                budget,
                                100 * share));
    }

    private List<RepairOutcome> outcomes(PublishedResult result) {
        Set<String> tuned =
                result.solves().stream()
                        .filter(solve -> solve.verdict() == Verdict.ACCEPTED)
                        .map(PublishedResult.Solve::sublayer)
                        .collect(Collectors.toSet());
        return dense.description().sublayers().stream()
                .map(Sublayer::id)
                .map(id -> tuned.contains(id) ? RepairOutcome.MASK_VALUES : RepairOutcome.UNCHANGED)
                .toList();
    }

    @Override
    public String statisticsDigest() {
        return method.digest();
    }
}
