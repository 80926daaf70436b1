package io.espalier.model;

import io.espalier.fisher.GradientRow;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SampleHash;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Logits, gradients and moments of the golden tiny BERT, and scorers beside each other. */
class MaskGradientScorerTest {

    /** Kernels differ between batch shapes by a few units in the last place. */
    private static final double SAMPLE_TOLERANCE = 1e-5;

    private static final ScorerOptions ALL_ROWS =
            ScorerOptions.of(512, 1000, 17, LossKind.SUPERVISED);

    @TempDir static Path directory;
    private static TextClassifier model;
    private static List<ScorableSample> samples;

    @BeforeAll
    static void load() throws Exception {
        model = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        samples = GoldenSamples.all();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void denseLogitsEqualTheGoldenOnes() {
        float[][] logits = model.logits(samples.stream().map(ScorableSample::encoding).toList());
        float[] golden = TinyBert.floats("logits/dense");
        for (int i = 0; i < logits.length; i++) {
            for (int c = 0; c < TinyBert.LABELS; c++) {
                assertThat(logits[i][c]).isCloseTo(golden[i * TinyBert.LABELS + c], within(1e-5f));
            }
        }
    }

    @Test
    void meansOfSampleGradientsEqualTheGoldenBatchGradients() {
        float[] heads = TinyBert.floats("grads/head");
        float[] neurons = TinyBert.floats("grads/neuron");
        for (int b = 0; b < TinyBert.BATCHES; b++) {
            List<SublayerStatistics> statistics = scored(samples.subList(32 * b, 32 * b + 32));
            for (int layer = 0; layer < TinyBert.LAYERS; layer++) {
                assertGolden(statistics.get(2 * layer), heads, (b * 3 + layer) * TinyBert.HEADS);
                assertGolden(
                        statistics.get(2 * layer + 1), neurons, (b * 3 + layer) * TinyBert.NEURONS);
            }
        }
    }

    private static void assertGolden(SublayerStatistics statistics, float[] golden, int offset) {
        double[] mean = statistics.gradients().mean();
        for (int unit = 0; unit < mean.length; unit++) {
            double expected = golden[offset + unit];
            assertThat(mean[unit]).isCloseTo(expected, within(1e-6 + 1e-4 * Math.abs(expected)));
        }
    }

    @Test
    void sampleGradientsInABatchEqualThoseOfTheSampleAlone() {
        List<SublayerStatistics> together = scored(samples.subList(0, 24));
        for (ScorableSample sample : samples.subList(0, 24)) {
            List<SublayerStatistics> alone = scored(List.of(sample));
            for (int s = 0; s < together.size(); s++) {
                float[] expected = alone.get(s).gradients().rows().rows().get(0).gradient();
                assertThat(row(together.get(s), sample.id()))
                        .containsExactly(expected, within((float) SAMPLE_TOLERANCE));
            }
        }
    }

    private static float[] row(SublayerStatistics statistics, String id) {
        long hash = SampleHash.of(id, ALL_ROWS.seed());
        return statistics.gradients().rows().rows().stream()
                .filter(row -> row.hash() == hash)
                .map(GradientRow::gradient)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void momentsEqualSumsOverSingleSamplesWherePaddingCannotEnter() {
        List<SublayerStatistics> together = scored(samples.subList(0, 64));
        List<SublayerStatistics> single = scored(samples.subList(0, 1));
        for (ScorableSample sample : samples.subList(1, 64)) {
            List<SublayerStatistics> next = scored(List.of(sample));
            for (int s = 0; s < single.size(); s++) {
                single.get(s).merge(next.get(s));
            }
        }
        for (int s = 0; s < single.size(); s++) {
            assertThat(together.get(s).moments().weight())
                    .isCloseTo(single.get(s).moments().weight(), within(1e-2));
            double scale = single.get(s).moments().gram().trace();
            double[] expected = single.get(s).moments().gram().packed();
            double[] actual = together.get(s).moments().gram().packed();
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-5 * scale));
            }
        }
    }

    @Test
    void weightsOfASampleSumToItsTokens() {
        SublayerStatistics statistics = scored(samples.subList(0, 1)).get(0);
        assertThat(statistics.moments().weight())
                .isCloseTo(samples.get(0).encoding().length(), within(1e-3));
    }

    @Test
    void drainStartsAnew() {
        try (SampleScorer scorer = new MaskGradientScorer(model, ALL_ROWS)) {
            scorer.score(samples.subList(0, 8));
            scorer.drain();
            scorer.score(samples.subList(8, 16));
            List<SublayerStatistics> second = scorer.drain();
            List<SublayerStatistics> fresh = scored(samples.subList(8, 16));
            for (int s = 0; s < fresh.size(); s++) {
                assertThat(second.get(s).moments().gram().packed())
                        .containsExactly(fresh.get(s).moments().gram().packed());
                assertThat(second.get(s).gradients().diagonal())
                        .containsExactly(fresh.get(s).gradients().diagonal());
            }
        }
    }

    /**
     * Autograd saves operands by reference; one that lay in memory of the JVM's cleaner was freed
     * between forward and backward, and gradients came out NaN now and then.
     */
    @Test
    void gradientsDoNotDependOnMemoryThatTheCollectorMayFree() throws Exception {
        List<ScorableSample> some = samples.subList(0, 48);
        List<SublayerStatistics> expected = scored(some);
        AtomicBoolean stop = new AtomicBoolean();
        Thread collector = new Thread(() -> collectAndOverwrite(stop), "collector");
        collector.start();
        try {
            for (int round = 0; round < 8; round++) {
                List<SublayerStatistics> actual = scored(some);
                for (int s = 0; s < expected.size(); s++) {
                    assertThat(actual.get(s).gradients().diagonal())
                            .containsExactly(expected.get(s).gradients().diagonal());
                }
            }
        } finally {
            stop.set(true);
            collector.join();
        }
    }

    private static void collectAndOverwrite(AtomicBoolean stop) {
        List<ByteBuffer> held = new ArrayList<>();
        while (!stop.get()) {
            System.gc();
            for (int i = 0; i < 2000; i++) {
                ByteBuffer small = ByteBuffer.allocateDirect(Float.BYTES);
                small.putInt(0, -1); // NaN
                held.add(small);
            }
            if (held.size() > 100_000) {
                held.clear();
            }
        }
    }

    @Test
    void scorersInTwoThreadsDoNotDisturbEachOther() throws Exception {
        long seed = Long.getLong("seed", 7);
        System.out.println("seed " + seed);
        List<SublayerStatistics> expected = scored(samples);
        List<ScorableSample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(seed));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<SublayerStatistics>>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<ScorableSample> own = i % 2 == 0 ? samples : shuffled;
                results.add(threads.submit(() -> scored(own)));
            }
            for (Future<List<SublayerStatistics>> result : results) {
                for (int s = 0; s < expected.size(); s++) {
                    assertThat(result.get(60, TimeUnit.SECONDS).get(s).gradients().diagonal())
                            .containsExactly(expected.get(s).gradients().diagonal(), within(1e-6));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<SublayerStatistics> scored(List<ScorableSample> some) {
        try (SampleScorer scorer = new MaskGradientScorer(model, ALL_ROWS)) {
            assertThat(scorer.score(some)).isEmpty();
            return scorer.drain();
        }
    }
}
