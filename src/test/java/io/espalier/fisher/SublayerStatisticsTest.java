package io.espalier.fisher;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Statistics merge in any order, survive writing, and refuse what is not theirs. */
class SublayerStatisticsTest {

    private static final long SEED = Long.getLong("seed", 29);
    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 3, 4, 20);
    private static final int ROWS = 8;
    private static final List<String> IDS =
            IntStream.range(0, 300).mapToObj(i -> "sample-" + i).toList();

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void mergesInAnyOrderAndGroupingToTheSameBits() throws IOException {
        List<SublayerStatistics> whole = of(IDS);
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            List<String> shuffled = new ArrayList<>(IDS);
            Collections.shuffle(shuffled, random);
            List<List<SublayerStatistics>> parts = new ArrayList<>();
            for (int start = 0; start < shuffled.size(); ) {
                int end = Math.min(shuffled.size(), start + random.nextInt(60)); // also none
                parts.add(of(shuffled.subList(start, end)));
                start = end;
            }
            while (parts.size() > 1) {
                List<SublayerStatistics> taken = parts.remove(random.nextInt(parts.size()));
                List<SublayerStatistics> into = parts.get(random.nextInt(parts.size()));
                for (int s = 0; s < SUBLAYERS.size(); s++) {
                    into.get(s).merge(taken.get(s));
                }
            }
            for (int s = 0; s < SUBLAYERS.size(); s++) {
                assertThat(bytes(parts.get(0).get(s))).isEqualTo(bytes(whole.get(s)));
            }
        }
    }

    @Test
    void oneSampleMoreOrTwiceIsSeen() throws IOException {
        byte[] whole = bytes(of(IDS).get(1));
        assertThat(bytes(of(IDS.subList(1, IDS.size())).get(1))).isNotEqualTo(whole);
        List<String> doubled = new ArrayList<>(IDS);
        doubled.add(IDS.get(0));
        assertThat(bytes(of(doubled).get(1))).isNotEqualTo(whole);
    }

    @Test
    void sumsAreThoseOfTheirFormulas() {
        SublayerStatistics statistics = of(IDS.subList(0, 5)).get(1);
        double[] mean = new double[20];
        double[] squares = new double[20];
        for (String id : IDS.subList(0, 5)) {
            float[] gradient = SyntheticScorer.gradient(SUBLAYERS.get(1), SEED, id);
            for (int unit = 0; unit < 20; unit++) {
                mean[unit] += gradient[unit];
                squares[unit] += (double) gradient[unit] * gradient[unit];
            }
        }
        Arrays.setAll(mean, unit -> mean[unit] / 5);
        Arrays.setAll(squares, unit -> squares[unit] / 5);
        assertThat(statistics.gradients().samples()).isEqualTo(5);
        assertThat(statistics.gradients().mean()).containsExactly(mean);
        assertThat(statistics.gradients().diagonal()).containsExactly(squares);
    }

    @Test
    void mergingLeavesTheArgumentUntouched() throws IOException {
        SublayerStatistics a = of(IDS.subList(0, 9)).get(0);
        SublayerStatistics b = of(IDS.subList(9, 30)).get(0);
        byte[] before = bytes(b);
        a.merge(b);
        a.merge(of(IDS.subList(30, 40)).get(0));
        assertThat(bytes(b)).isEqualTo(before);
    }

    @Test
    void readsWhatItWroteAndGoesOn() throws IOException {
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            SublayerStatistics half = of(IDS.subList(0, 150)).get(s);
            SublayerStatistics read = read(bytes(half));
            assertThat(bytes(read)).isEqualTo(bytes(half));
            assertThat(read.sublayer()).isEqualTo(s);
            read.merge(of(IDS.subList(150, 300)).get(s));
            assertThat(bytes(read)).isEqualTo(bytes(of(IDS).get(s)));
        }
        SublayerStatistics empty = empty(1, SUBLAYERS.get(1));
        assertThat(bytes(read(bytes(empty)))).isEqualTo(bytes(empty));
    }

    @Test
    void refusesALaterVersion() throws IOException {
        byte[] written = bytes(of(IDS.subList(0, 3)).get(0));
        assertThat(read(written.clone()).gradients().samples()).isEqualTo(3);
        written[0]++;
        assertThatThrownBy(() -> read(written))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "statistics of version 5; this Espalier reads versions 2 to 4: run the one"
                                + " that wrote them, or start without the old state");
    }

    /** Written by a build of version 2, with the calls that are repeated here. */
    @Test
    void readsStatisticsOfVersion2AsThoughNothingHadBeenForgotten() throws IOException {
        Sublayer sublayer =
                new Sublayer(
                        "layer.0.ffn",
                        SublayerKind.FFN,
                        0,
                        3,
                        1,
                        List.of("layer.0.up"),
                        "layer.0.down");
        SublayerStatistics now = new SublayerStatistics(1, sublayer, LossKind.TRUE_FISHER, 2, 2);
        now.addSample(4, List.of(new GradientRow(11L, new float[] {0.5f, -0.25f, 1f})));
        now.addSample(6, List.of(new GradientRow(-7L, new float[] {0.125f, 2f, -0.5f})));
        now.moments().addSums(0.5, new double[] {0.5, 0.25, -1});
        now.moments().addGramRow(0, new double[] {0.5, 0.25, -1}, 0);
        now.moments().addGramRow(1, new double[] {0, 0.125, -0.5}, 0);
        now.moments().addGramRow(2, new double[] {0, 0, 2}, 0);
        now.metric().packed()[0] = 1.5;
        SublayerStatistics old;
        try (InputStream golden =
                getClass().getResourceAsStream("/golden/state/sublayer-statistics-v2.bin")) {
            old = read(Objects.requireNonNull(golden).readAllBytes());
        }
        FisherSnapshot expected = now.snapshot();
        FisherSnapshot found = old.snapshot();
        assertThat(found.samples()).isEqualTo(2);
        assertThat(found.effectiveSamples()).isEqualTo(2);
        assertThat(found.meanLength()).isEqualTo(expected.meanLength());
        assertThat(found.diagonal()).containsExactly(expected.diagonal());
        assertThat(found.mean()).containsExactly(expected.mean());
        assertThat(found.rows()).hasSameSizeAs(expected.rows());
        assertThat(found.profiles()).isEmpty();
        assertThat(old.moments().gram().packed()).containsExactly(now.moments().gram().packed());
        assertThat(old.metric().packed()).containsExactly(now.metric().packed());
    }

    @Test
    void profilesAreOfTheSamplesOfEvenAndOfOddHashEachCountingTheSame() {
        SublayerStatistics statistics = empty(0, SUBLAYERS.get(0));
        statistics.addSample(1, List.of(new GradientRow(2, new float[] {1, 1, 0})));
        assertThat(statistics.snapshot().profiles()).isEmpty();
        statistics.addSample(1, List.of(new GradientRow(3, new float[] {0, 100, 0})));
        statistics.addSample(1, List.of(new GradientRow(5, new float[] {0, 0, 3})));
        statistics.addSample(1, List.of(new GradientRow(7, new float[3]))); // Says nothing.
        assertThat(statistics.snapshot().profiles().get(0)).containsExactly(0.5f, 0.5f, 0);
        assertThat(statistics.snapshot().profiles().get(1)).containsExactly(0, 0.5f, 0.5f);
    }

    @Test
    void refusesTheEndOfTheStream() throws IOException {
        byte[] written = bytes(of(IDS.subList(0, 3)).get(0));
        assertThatThrownBy(() -> read(Arrays.copyOf(written, written.length - 1)))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void refusesStatisticsOfAnotherSublayer() {
        SublayerStatistics attention = of(IDS.subList(0, 2)).get(0);
        SublayerStatistics ffn = of(IDS.subList(0, 2)).get(1);
        assertThatThrownBy(() -> attention.merge(ffn))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "statistics of sublayer 1 with loss true-fisher do not fit those of sublayer"
                                + " 0 with loss true-fisher");
        SublayerStatistics wider = empty(0, SUBLAYERS.get(1));
        assertThatThrownBy(() -> attention.merge(wider))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gradients of 20 units do not fit 3");
        attention.merge(of(IDS.subList(2, 4)).get(0));
        assertThat(attention.gradients().samples()).isEqualTo(4);
    }

    @Test
    void snapshotsAreRoundedAndCarryTheDigestOfEverything() throws IOException {
        SublayerStatistics statistics = of(IDS).get(1);
        FisherSnapshot snapshot = statistics.snapshot();
        assertThat(snapshot.samples()).isEqualTo(IDS.size());
        for (int unit = 0; unit < 20; unit++) {
            assertThat(snapshot.diagonal()[unit])
                    .isEqualTo((float) statistics.gradients().diagonal()[unit]);
            assertThat(snapshot.mean()[unit])
                    .isEqualTo((float) statistics.gradients().mean()[unit]);
        }
        assertThat(snapshot.rows()).hasSize(ROWS);
        assertThat(of(IDS).get(1).snapshot().digest()).isEqualTo(snapshot.digest());
        // The moments are not in the snapshot but are in its digest.
        statistics.moments().addSums(0, unitVector(20));
        assertThat(statistics.snapshot().digest()).isNotEqualTo(snapshot.digest());
    }

    private static double[] unitVector(int length) {
        double[] vector = new double[length];
        vector[0] = 1;
        return vector;
    }

    @Test
    void snapshotsKnowTheLengthsOfTheirSamples() {
        SublayerStatistics statistics = empty(0, SUBLAYERS.get(0));
        statistics.addSample(3, List.of(new GradientRow(1, new float[3])));
        statistics.addSample(8, List.of(new GradientRow(2, new float[3])));
        assertThat(statistics.snapshot().meanLength()).isEqualTo(5.5);
        assertThat(statistics.snapshot().meanSquaredLength()).isEqualTo((9 + 64) / 2.0);
    }

    private static SublayerStatistics empty(int index, Sublayer sublayer) {
        return new SublayerStatistics(
                index, sublayer, LossKind.TRUE_FISHER, SyntheticScorer.HIDDEN, ROWS);
    }

    @Test
    void refusesStatisticsOfAnotherLoss() {
        SublayerStatistics statistics = of(IDS.subList(0, 2)).get(0);
        SublayerStatistics supervised =
                new SublayerStatistics(
                        0, SUBLAYERS.get(0), LossKind.SUPERVISED, SyntheticScorer.HIDDEN, ROWS);
        assertThatThrownBy(() -> statistics.merge(supervised))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with loss supervised do not fit")
                .hasMessageContaining("with loss true-fisher");
        statistics.merge(empty(0, SUBLAYERS.get(0)));
        assertThat(statistics.gradients().samples()).isEqualTo(2);
    }

    @Test
    void forgettingPaneByPaneIsWeighingSamplesByTheirAge() throws IOException {
        SublayerStatistics running = of(IDS.subList(0, 10)).get(1);
        running.decay(0.5);
        running.merge(of(IDS.subList(10, 30)).get(1));
        running.decay(0.25);
        SublayerStatistics byAge = of(IDS.subList(10, 30)).get(1);
        byAge.decay(0.25);
        SublayerStatistics oldest = of(IDS.subList(0, 10)).get(1);
        oldest.decay(0.125);
        byAge.merge(oldest);
        assertThat(bytes(running)).isEqualTo(bytes(byAge));
        assertThat(running.gradients().weight()).isEqualTo(10 / 8.0 + 20 / 4.0);
        assertThat(running.gradients().samples()).isEqualTo(30);
        assertThatThrownBy(() -> running.decay(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("factor 0.0 is not in (0, 1]");
    }

    @Test
    void forgettingEverythingAlikeChangesNoMean() {
        SublayerStatistics statistics = of(IDS).get(1);
        SublayerStatistics forgetting = of(IDS).get(1);
        forgetting.decay(0.25);
        assertThat(forgetting.gradients().diagonal())
                .containsExactly(statistics.gradients().diagonal());
        assertThat(forgetting.moments().covariance())
                .containsExactly(statistics.moments().covariance());
        assertThat(forgetting.rest().meanMetric().packed())
                .containsExactly(statistics.rest().meanMetric().packed());
        assertThat(forgetting.snapshot().meanLength())
                .isEqualTo(statistics.snapshot().meanLength());
    }

    private static List<SublayerStatistics> of(List<String> ids) {
        return SyntheticScorer.statisticsOf(SUBLAYERS, ROWS, SEED, ids);
    }

    private static byte[] bytes(SublayerStatistics statistics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        statistics.write(new DataOutputStream(out));
        return out.toByteArray();
    }

    private static SublayerStatistics read(byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        SublayerStatistics statistics = SublayerStatistics.read(new DataInputStream(in));
        assertThat(in.available()).isZero();
        return statistics;
    }
}
