package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.PruningMask;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TextClassifier;
import io.espalier.search.StructureSearch;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Statistics of real micro-batches, merged in random groupings and orders; {@code -Dseed=} replays
 * a run.
 */
class MergeOrderPropertyTest {

    private static final int MICRO_BATCH = 8;
    private static final int ROUNDS = 50;
    private static final long SEED = Long.getLong("seed", 29);
    private static final List<Budget> BUDGETS =
            List.of(Budget.macs(0.7), Budget.macs(0.5), Budget.macs(0.3));

    @TempDir static Path directory;
    private static TextClassifier model;
    private static ExecutorService thread;
    private static List<List<SublayerStatistics>> parts; // [micro-batch][sublayer]

    @BeforeAll
    static void score() throws Exception {
        thread = Executors.newSingleThreadExecutor();
        model = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        parts = new ArrayList<>();
        List<ScorableSample> samples = GoldenSamples.all();
        ScorerOptions options = ScorerOptions.of(2048, 16, SEED, LossKind.TRUE_FISHER);
        try (SampleScorer scorer = new MaskGradientScorer(model, options)) {
            for (int from = 0; from < samples.size(); from += MICRO_BATCH) {
                assertThat(scorer.score(samples.subList(from, from + MICRO_BATCH))).isEmpty();
                parts.add(scorer.drain());
            }
        }
    }

    @AfterAll
    static void close() {
        model.close();
        thread.shutdownNow();
    }

    @Test
    void masksDoNotDependOnTheOrderAndGroupingOfMerges() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        assertThat(parts).hasSize(32);
        List<PruningMask> first = masks(inOrder(parts));
        assertThat(first).doesNotHaveDuplicates();
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(masks(merged(random))).as("round %s", round).isEqualTo(first);
        }
    }

    @Test
    void aMicroBatchLeftOutShowsInTheDigests() throws Exception {
        List<byte[]> all = digests(inOrder(parts));
        List<byte[]> again = digests(inOrder(parts));
        List<byte[]> fewer = digests(inOrder(parts.subList(0, parts.size() - 1)));
        for (int s = 0; s < all.size(); s++) {
            assertThat(again.get(s)).isEqualTo(all.get(s));
            assertThat(fewer.get(s)).isNotEqualTo(all.get(s));
        }
    }

    private static List<SublayerStatistics> inOrder(List<List<SublayerStatistics>> all)
            throws IOException {
        List<SublayerStatistics> sum = copy(all.get(0));
        for (List<SublayerStatistics> part : all.subList(1, all.size())) {
            merge(sum, part);
        }
        return sum;
    }

    /** Any two are merged, those that were merged before or not, until one is left. */
    private static List<SublayerStatistics> merged(Random random) throws IOException {
        List<List<SublayerStatistics>> left = new ArrayList<>();
        for (List<SublayerStatistics> part : parts) {
            left.add(copy(part));
        }
        while (left.size() > 1) {
            List<SublayerStatistics> one = left.remove(random.nextInt(left.size()));
            merge(left.get(random.nextInt(left.size())), one);
        }
        return left.get(0);
    }

    private static void merge(List<SublayerStatistics> target, List<SublayerStatistics> other) {
        for (int s = 0; s < target.size(); s++) {
            target.get(s).merge(other.get(s));
        }
    }

    private static List<SublayerStatistics> copy(List<SublayerStatistics> statistics)
            throws IOException {
        List<SublayerStatistics> copies = new ArrayList<>();
        for (SublayerStatistics each : statistics) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            each.write(new DataOutputStream(bytes));
            copies.add(
                    SublayerStatistics.read(
                            new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
        }
        return copies;
    }

    private static List<PruningMask> masks(List<SublayerStatistics> statistics)
            throws InterruptedException {
        CostModels costs = CostModels.counted(TinyBert.HIDDEN);
        Calibration calibration = new Calibration(model, statistics, costs, thread);
        StructureSearch search =
                new StructureSearch(
                        calibration.sublayers(), calibration.curves(() -> {}), calibration::cost);
        return BUDGETS.stream().map(budget -> search.search(budget).mask()).toList();
    }

    private static List<byte[]> digests(List<SublayerStatistics> statistics) {
        return IntStream.range(0, statistics.size())
                .mapToObj(s -> statistics.get(s).snapshot().digest())
                .toList();
    }
}
