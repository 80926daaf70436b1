package io.espalier.cli;

import org.apache.commons.math3.stat.StatUtils;

import io.espalier.config.EspalierOptions;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TextClassifier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/**
 * Measures what collecting moments and output metrics adds to scoring: scorers with and without
 * them take turns on the same micro-batches.
 */
final class CollectingBench {

    private static final int MICRO_BATCH = EspalierOptions.MICRO_BATCH_SAMPLES.defaultValue();

    private final TextClassifier model;
    private final List<List<ScorableSample>> batches = new ArrayList<>();
    private final ExecutorService pool;
    private final ScorerOptions with;
    private final ScorerOptions without;

    /** A bench over samples of a dense model. */
    CollectingBench(
            TextClassifier model, List<ScorableSample> samples, ExecutorService pool, long seed) {
        this.model = model;
        this.pool = pool;
        for (int from = 0; from < samples.size(); from += MICRO_BATCH) {
            batches.add(samples.subList(from, Math.min(samples.size(), from + MICRO_BATCH)));
        }
        this.with =
                ScorerOptions.of(
                        EspalierOptions.MICRO_BATCH_TOKENS.defaultValue(),
                        EspalierOptions.STATISTICS_GRADIENT_ROWS.defaultValue(),
                        seed,
                        LossKind.labelFree(model.description().labels().size()));
        this.without =
                new ScorerOptions(
                        with.batchTokens(),
                        with.gradientRows(),
                        seed,
                        with.loss(),
                        with.tokenWeight(),
                        false);
    }

    /**
     * What was measured, and the statistics of all samples that came of it.
     *
     * @param loops one thread first
     */
    record Result(List<PruningCosts.Collecting> loops, List<SublayerStatistics> statistics) {}

    /** Measures one thread and, if that is more, several. */
    Result run(int threads, ProgressBars bars) {
        List<SampleScorer> collecting = new ArrayList<>();
        List<SampleScorer> bare = new ArrayList<>();
        try {
            for (int i = 0; i < threads; i++) {
                collecting.add(new MaskGradientScorer(model, with));
                bare.add(new MaskGradientScorer(model, without));
            }
            List<PruningCosts.Collecting> loops = new ArrayList<>();
            loops.add(loop(collecting.subList(0, 1), bare.subList(0, 1), bars));
            List<SublayerStatistics> statistics = collecting.get(0).drain();
            if (threads > 1) {
                loops.add(loop(collecting, bare, bars));
            }
            return new Result(loops, statistics);
        } finally {
            collecting.forEach(SampleScorer::close);
            bare.forEach(SampleScorer::close);
        }
    }

    private PruningCosts.Collecting loop(
            List<SampleScorer> collecting, List<SampleScorer> bare, ProgressBars bars) {
        int width = collecting.size();
        int rounds = Math.max(1, batches.size() / width);
        String name = "collecting, " + PruningCosts.inWords(width);
        try (ProgressBars.Task task = bars.start(name, rounds + 1L, "rounds")) {
            together(collecting, 0); // Warms up.
            together(bare, 0);
            collecting.forEach(SampleScorer::drain);
            task.step(1);
            InterleavedTimes times =
                    InterleavedTimes.measure(
                            List.of(
                                    round -> together(collecting, round),
                                    round -> {
                                        together(bare, round);
                                        task.step(1);
                                    }),
                            0,
                            rounds);
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = (double) times.nanos()[0][round] / times.nanos()[1][round];
            }
            return new PruningCosts.Collecting(
                    width,
                    rounds,
                    times.medianSeconds(0) * 1e3,
                    times.medianSeconds(1) * 1e3,
                    StatUtils.percentile(ratios, 50));
        }
    }

    private void together(List<SampleScorer> scorers, int round) {
        CompletableFuture<?>[] running =
                IntStream.range(0, scorers.size())
                        .mapToObj(
                                i -> {
                                    int batch = (round * scorers.size() + i) % batches.size();
                                    return CompletableFuture.runAsync(
                                            () -> scorers.get(i).score(batches.get(batch)), pool);
                                })
                        .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(running).join();
    }
}
