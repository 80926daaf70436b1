package io.espalier.model;

import io.espalier.fisher.LossKind;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Two streams that do the same, against the scorer's moments; and importance as it has it. */
class TwoStreamsTest {

    /** Sums of float products in another order, of the largest entry. */
    private static final double RELATIVE = 1e-5;

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();

    @TempDir static Path directory;
    private static TextClassifier model;
    private static ExecutorService threads;
    private static List<ScorableSample> samples;

    @BeforeAll
    static void load() throws Exception {
        model = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        threads = Executors.newFixedThreadPool(2);
        samples = GoldenSamples.all();
    }

    @AfterAll
    static void close() {
        threads.shutdownNow();
        model.close();
    }

    @ParameterizedTest
    @EnumSource(LossKind.class)
    void momentsOfADenseStudentAreTheScorers(LossKind loss) throws Exception {
        ScorerOptions options = new ScorerOptions(512, 0, 17, loss, TokenWeight.IMPORTANCE, true);
        List<SublayerStatistics> statistics;
        try (SampleScorer scorer = new MaskGradientScorer(model, options)) {
            scorer.score(samples);
            statistics = scorer.drain();
        }
        TokenWeights weights = TokenImportance.of(model, samples, loss, 17, threads);
        int[] even = IntStream.range(0, 256).filter(i -> i % 2 == 0).toArray();
        int[] odd = IntStream.range(0, 256).filter(i -> i % 2 == 1).toArray();
        try (TwoStreams streams = streams(List.of(even, odd))) {
            for (int s = 0; s < SUBLAYERS.size(); s++) {
                float[] ones = PruningMask.dense(SUBLAYERS).values(s);
                Projection dense = model.projection(s);
                int[] all = IntStream.range(0, ones.length).toArray();
                List<ResidualMoments> groups = streams.meet(ones, ones, all, dense, weights);
                ResidualMoments both = groups.get(0).plus(groups.get(1));
                assertSame(both.inputs(), statistics.get(s).moments());
                assertThat(both.sum()).containsOnly(0);
                assertThat(both.cross()).containsOnly(0);
                streams.advance(dense);
            }
        }
    }

    private static TwoStreams streams(List<int[]> groups) throws InterruptedException {
        List<Encoding> encodings = samples.stream().map(ScorableSample::encoding).toList();
        return new TwoStreams(model, encodings, groups, threads);
    }

    private static void assertSame(ProjectionMoments actual, ProjectionMoments expected) {
        assertThat(actual.weight())
                .isCloseTo(expected.weight(), within(RELATIVE * expected.weight()));
        double largest = Arrays.stream(expected.gram().packed()).map(Math::abs).max().orElseThrow();
        assertThat(actual.gram().packed())
                .containsExactly(expected.gram().packed(), within(RELATIVE * largest));
        double sum = Arrays.stream(expected.sum()).map(Math::abs).max().orElseThrow();
        assertThat(actual.sum()).containsExactly(expected.sum(), within(RELATIVE * sum));
    }

    @Test
    void advancingBeforeMeetingIsRefused() throws Exception {
        int[] all = IntStream.range(0, 256).toArray();
        Projection none = new Projection(0, 32, new float[0], new float[32]);
        try (TwoStreams streams = streams(List.of(all))) {
            assertThatThrownBy(() -> streams.advance(none))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("meet comes before advance");
        }
    }
}
