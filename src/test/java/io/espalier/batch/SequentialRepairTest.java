package io.espalier.batch;

import io.espalier.drift.HeldOutQuality;
import io.espalier.fisher.LossKind;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.SlimClassifier;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenImportance;
import io.espalier.model.TokenWeights;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The sequential re-solve on the tiny BERT, judged on fresh samples. */
class SequentialRepairTest {

    /** The streams of an untouched mask differ by nothing but the order of float sums. */
    private static final float UNTOUCHED = 1e-4f;

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();
    private static final int FRESH = 1024;

    @TempDir static Path directory;
    private static TextClassifier dense;
    private static ExecutorService threads;
    private static SequentialRepair repair;
    private static List<Encoding> samples;
    private static List<Encoding> fresh;
    private static float[][] denseLogits;

    @BeforeAll
    static void load() throws Exception {
        dense = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        threads = Executors.newFixedThreadPool(2);
        repair = new SequentialRepair(threads, SequentialRepair.DEFAULT_RIDGE);
        samples = GoldenSamples.all().stream().map(ScorableSample::encoding).toList();
        long seed = Long.getLong("seed", 5);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        fresh = IntStream.range(0, FRESH).mapToObj(i -> sample(random)).toList();
        denseLogits = dense.logits(fresh);
    }

    /** A sample as the golden README describes them. */
    private static Encoding sample(Random random) {
        int[] ids = random.ints(5 + random.nextInt(12), 3, TinyBert.VOCABULARY).toArray();
        ids[0] = 1;
        return new Encoding(ids, new int[ids.length]);
    }

    @AfterAll
    static void close() {
        threads.shutdownNow();
        dense.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.7", "0.5", "0.3"})
    void bringsTheOutputOfARearrangedMaskNearTheDenseOne(String share) throws Exception {
        PruningMask mask = GoldenMasks.of("c" + share + "/rearr");

        List<RepairedProjection> repaired = repair.repair(dense, samples, mask);

        double before = divergence(PrunedModel.folded(dense, mask));
        double after = divergence(PrunedModel.repaired(mask, repaired));
        assertThat(after).isLessThan(before / 2);
        assertThat(repaired)
                .extracting(RepairedProjection::outcome)
                .containsOnly(RepairOutcome.RESOLVED);
    }

    @Test
    void importanceOfTokensMayTakeTheWeightsPlace() throws Exception {
        PruningMask mask = GoldenMasks.of("c0.5/rearr");
        TokenWeights importance =
                TokenImportance.of(dense, GoldenSamples.all(), LossKind.TRUE_FISHER, 17, threads);

        List<RepairedProjection> weighted = repair.repair(dense, samples, mask, importance);

        assertThat(divergence(PrunedModel.repaired(mask, weighted)))
                .isLessThan(divergence(PrunedModel.folded(dense, mask)) / 2);
    }

    private static double divergence(PrunedModel model) {
        try (SlimClassifier slim = model.open(dense)) {
            return HeldOutQuality.of(slim.logits(fresh), denseLogits, new int[FRESH]).divergence();
        }
    }

    @Test
    void anUntouchedModelStaysAsItIs() throws Exception {
        List<RepairedProjection> repaired =
                repair.repair(dense, samples, PruningMask.dense(SUBLAYERS));
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            Projection expected = dense.projection(s);
            Projection actual = repaired.get(s).projection();
            assertThat(actual.weight()).containsExactly(expected.weight(), within(UNTOUCHED));
            assertThat(actual.bias()).containsExactly(expected.bias(), within(UNTOUCHED));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void anEmptiedSublayerLeavesItsMeanInTheBias(int emptied) throws Exception {
        float[][] values = new float[SUBLAYERS.size()][];
        Arrays.setAll(values, s -> GoldenMasks.of("c0.7/search").values(s));
        Arrays.fill(values[emptied], 0f);
        PruningMask mask = PruningMask.of(SUBLAYERS, values);

        List<RepairedProjection> repaired = repair.repair(dense, samples, mask);

        assertThat(repaired.get(emptied).projection().inputs()).isZero();
        assertThat(repaired.get(emptied).outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(divergence(PrunedModel.repaired(mask, repaired)))
                .isLessThan(divergence(PrunedModel.folded(dense, mask)));
    }

    @Test
    void allSublayersEmptiedIsNoFailure() throws Exception {
        float[][] none = new float[SUBLAYERS.size()][];
        Arrays.setAll(none, s -> new float[SUBLAYERS.get(s).units()]);
        PruningMask mask = PruningMask.of(SUBLAYERS, none);

        List<RepairedProjection> repaired = repair.repair(dense, samples, mask);

        assertThat(repaired)
                .extracting(RepairedProjection::outcome)
                .containsOnly(RepairOutcome.RESOLVED);
        assertThat(divergence(PrunedModel.repaired(mask, repaired))).isFinite();
    }

    @Test
    void fewSamplesAreNoFailure() throws Exception {
        PruningMask mask = GoldenMasks.of("c0.5/rearr");
        for (int count : new int[] {1, 4, 5, 9}) {
            List<RepairedProjection> repaired =
                    repair.repair(dense, samples.subList(0, count), mask);
            assertThat(divergence(PrunedModel.repaired(mask, repaired))).isFinite();
        }
    }

    @Test
    void weightsOfTheLastLayerRestOnTheFirstTokenAndAverageOne() {
        var weights = SequentialRepair.weights(SUBLAYERS);
        assertThat(weights.of(3, 0, 4)).containsExactly(1, 1, 1, 1);
        assertThat(weights.of(4, 0, 4))
                .containsExactly(new float[] {3.7f, 0.1f, 0.1f, 0.1f}, within(1e-6f));
    }
}
