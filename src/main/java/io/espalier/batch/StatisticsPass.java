package io.espalier.batch;

import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.SampleScorer;
import io.espalier.model.SampleScorer.Unscorable;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.SideBySide;
import io.espalier.model.TextClassifier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;

/**
 * One pass over calibration samples: the statistics that every decision is made from.
 *
 * @param statistics one entry for each sublayer, in model order
 * @param unscorable samples without a finite gradient, which are not in the statistics
 */
public record StatisticsPass(List<SublayerStatistics> statistics, List<Unscorable> unscorable) {

    private static final int PIECE = 64;

    /** Copies the lists. */
    public StatisticsPass {
        statistics = List.copyOf(statistics);
        unscorable = List.copyOf(unscorable);
    }

    /**
     * Scores all samples. Pieces are dealt to the scorers by turns and their sums merged in that
     * order, so the result depends on the number of scorers but not on their speed.
     *
     * @param samples at least one
     * @param scorers how many work side by side
     * @param threads to work on; their number does not change the result
     * @param progress told the number of samples of each piece that is done, from any thread
     */
    public static StatisticsPass over(
            TextClassifier model,
            List<ScorableSample> samples,
            ScorerOptions options,
            int scorers,
            ExecutorService threads,
            IntConsumer progress)
            throws InterruptedException {
        List<Callable<StatisticsPass>> tasks = new ArrayList<>();
        for (int i = 0; i < scorers; i++) {
            int turn = i;
            tasks.add(() -> part(model, samples, options, turn, scorers, progress));
        }
        List<StatisticsPass> parts = SideBySide.run(threads, tasks);
        List<SublayerStatistics> merged = parts.get(0).statistics;
        List<Unscorable> unscorable = new ArrayList<>(parts.get(0).unscorable);
        for (StatisticsPass part : parts.subList(1, scorers)) {
            for (int s = 0; s < merged.size(); s++) {
                merged.get(s).merge(part.statistics.get(s));
            }
            unscorable.addAll(part.unscorable);
        }
        return new StatisticsPass(merged, unscorable);
    }

    private static StatisticsPass part(
            TextClassifier model,
            List<ScorableSample> samples,
            ScorerOptions options,
            int turn,
            int turns,
            IntConsumer progress) {
        List<Unscorable> unscorable = new ArrayList<>();
        try (SampleScorer scorer = new MaskGradientScorer(model, options)) {
            for (int from = turn * PIECE; from < samples.size(); from += turns * PIECE) {
                List<ScorableSample> piece =
                        samples.subList(from, Math.min(samples.size(), from + PIECE));
                unscorable.addAll(scorer.score(piece));
                progress.accept(piece.size());
            }
            return new StatisticsPass(scorer.drain(), unscorable);
        }
    }
}
