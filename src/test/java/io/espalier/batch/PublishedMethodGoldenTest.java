package io.espalier.batch;

import io.espalier.artifact.Folding;
import io.espalier.batch.PublishedResult.Solve;
import io.espalier.cost.MacCost;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.StopReason;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.SlimClassifier;
import io.espalier.model.TextClassifier;
import io.espalier.model.TwoStreams;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import io.espalier.tuning.MaskValueSystem;
import io.espalier.tuning.PublishedTuning.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The published method against what its implementation made of the tiny BERT, end to end. */
class PublishedMethodGoldenTest {

    /** Of a system's largest entry; an independent run differs by 1e-6 of it. */
    private static final double SYSTEM = 1e-5;

    /** Of a mask value; an independent run differs by 8e-6. */
    private static final double VALUE = 1e-4;

    /** Of a logit; an independent run differs by 4.2e-6. */
    private static final float LOGIT = 1e-3f;

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();

    @TempDir static Path directory;
    private static TextClassifier dense;
    private static ExecutorService threads;
    private static PublishedMethod method;
    private static final List<Encoding> SAMPLES =
            GoldenSamples.all().stream().map(ScorableSample::encoding).toList();

    @BeforeAll
    static void score() throws Exception {
        dense = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        threads = Executors.newFixedThreadPool(2);
        method = method(threads);
    }

    private static PublishedMethod method(ExecutorService pool) throws InterruptedException {
        MacCost cost = MacCost.ofLength(TinyBert.HIDDEN, GoldenMasks.LENGTH);
        return new PublishedMethod(dense, GoldenSamples.all(), cost, pool, done -> {});
    }

    @AfterAll
    static void close() {
        threads.shutdownNow();
        dense.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.7", "0.5", "0.3"})
    void givesTheStoredMasksSystemsAndLogits(String share) throws Exception {
        List<MaskValueSystem> systems = new ArrayList<>();
        PublishedResult result =
                method.prune(Double.parseDouble(share), (sublayer, system) -> systems.add(system));

        assertThat(result.teacher()).isEqualTo(GoldenMasks.of("c" + share + "/teacher"));
        assertThat(result.searched()).isEqualTo(GoldenMasks.of("c" + share + "/search"));
        assertThat(result.rearranged()).isEqualTo(GoldenMasks.of("c" + share + "/rearr"));
        assertThat(systems).hasSize(5);
        for (int i = 0; i < 5; i++) {
            String name = "c" + share + "/solve" + i;
            assertClose(systems.get(i).gram(), TinyBert.floats(name + "/G"));
            assertClose(systems.get(i).right(), TinyBert.floats(name + "/b"));
        }
        PruningMask golden = GoldenMasks.of("c" + share + "/tuned");
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            assertThat(result.tuned().keptUnits(s)).containsExactly(golden.keptUnits(s));
            assertThat(result.tuned().values(s))
                    .containsExactly(golden.values(s), within((float) VALUE));
        }
        float[] logits = TinyBert.floats("c" + share + "/logits_tuned");
        try (SlimClassifier slim = PrunedModel.folded(dense, result.tuned()).open(dense)) {
            float[][] own = slim.logits(SAMPLES);
            for (int i = 0; i < own.length; i++) {
                assertThat(own[i])
                        .containsExactly(
                                Arrays.copyOfRange(logits, 3 * i, 3 * i + 3), within(LOGIT));
            }
        }
    }

    private static void assertClose(double[] own, float[] golden) {
        double largest =
                IntStream.range(0, golden.length)
                        .mapToDouble(i -> golden[i])
                        .map(Math::abs)
                        .max()
                        .orElseThrow();
        assertThat(difference(own, golden)).isLessThan(SYSTEM * largest);
    }

    private static double difference(double[] own, float[] golden) {
        assertThat(own).hasSameSizeAs(golden);
        return IntStream.range(0, golden.length)
                .mapToDouble(i -> Math.abs(own[i] - golden[i]))
                .max()
                .orElseThrow();
    }

    @Test
    void theLastSolveAtAShareOfThreeTenthsIsRejected() throws Exception {
        List<Solve> solves = method.prune(0.3).solves();
        assertThat(solves).extracting(Solve::unknowns).hasSize(5);
        assertThat(solves).extracting(Solve::reason).containsOnly(StopReason.LEAST_SQUARES);
        assertThat(solves.subList(0, 4)).extracting(Solve::verdict).containsOnly(Verdict.ACCEPTED);
        assertThat(solves.get(4).verdict()).isEqualTo(Verdict.OUT_OF_RANGE);
        assertThat(solves.get(4).sublayer()).isEqualTo(SUBLAYERS.get(5).id());
        assertThat(method.prune(0.5).solves())
                .extracting(Solve::verdict)
                .containsOnly(Verdict.ACCEPTED);
    }

    /** The oddity that is easiest to get wrong: in its own target the teacher has all neurons. */
    @Test
    void aTeacherThatIsMaskedInItsOwnTargetGivesAnotherSystem() throws Exception {
        PruningMask teacher = GoldenMasks.of("c0.5/teacher");
        double[] ones = new double[TinyBert.NEURONS];
        Arrays.fill(ones, 1);
        float[] golden = TinyBert.floats("c0.5/solve0/b");
        assertClose(firstFfn(teacher, PruningMask.dense(SUBLAYERS).values(1)).right(), golden);
        double[] masked = firstFfn(teacher, teacher.values(1)).right();
        double largest = 0;
        for (float entry : golden) {
            largest = Math.max(largest, Math.abs(entry));
        }
        assertThat(difference(masked, golden)).isGreaterThan(1000 * SYSTEM * largest);
    }

    private static MaskValueSystem firstFfn(PruningMask teacher, float[] target) throws Exception {
        PruningMask student = GoldenMasks.of("c0.5/rearr");
        List<int[]> all = List.of(IntStream.range(0, SAMPLES.size()).toArray());
        try (TwoStreams streams = new TwoStreams(dense, SAMPLES, all, threads)) {
            streams.meet(
                    teacher.values(0),
                    teacher.values(0),
                    student.keptUnits(0),
                    binary(student, 0),
                    PublishedMethodGoldenTest::ones);
            streams.advance(binary(student, 0));
            ResidualMoments moments =
                    streams.meet(
                                    target,
                                    teacher.values(1),
                                    student.keptUnits(1),
                                    binary(student, 1),
                                    PublishedMethodGoldenTest::ones)
                            .get(0);
            return MaskValueSystem.of(SUBLAYERS.get(1), binary(student, 1), moments);
        }
    }

    private static float[] ones(int sublayer, int sample, int tokens) {
        float[] ones = new float[tokens];
        Arrays.fill(ones, 1f);
        return ones;
    }

    private static Projection binary(PruningMask mask, int sublayer) {
        return Folding.fold(
                        SUBLAYERS.get(sublayer), dense.projection(sublayer), mask.values(sublayer))
                .projection();
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            assertThat(method(one).prune(0.5).tuned()).isEqualTo(method.prune(0.5).tuned());
        } finally {
            one.shutdownNow();
        }
    }
}
