package io.espalier.fisher;

import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What rests of a window, and how large it is. */
class RestingMomentsTest {

    /** Half a unit in the last of 16 bits of significand. */
    private static final double ROUNDING = 0x1p-16;

    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 3, 4, 20);
    private static final List<String> IDS =
            IntStream.range(0, 200).mapToObj(i -> "sample-" + i).toList();

    @Test
    void numbersAreRoundedToTheNearestOfSixteenBits() {
        double[] values = {0, -0.0, 1, -1.5, Math.PI, 1e-30, -3e37, 1 + 0x1p-16, 1 + 3 * 0x1p-16};
        double[] read = Float24.unpack(Float24.pack(values));
        for (int i = 0; i < 7; i++) {
            assertThat(read[i]).isCloseTo(values[i], within(ROUNDING * Math.abs(values[i])));
        }
        assertThat(read[7]).isEqualTo(1); // ties to even
        assertThat(read[8]).isEqualTo(1 + 0x1p-14);
        assertThat(Float24.unpack(Float24.pack(read))).containsExactly(read);
    }

    @Test
    void covarianceMeanAndMetricSurviveButForRounding() {
        for (SublayerStatistics statistics : statistics(IDS)) {
            RestingMoments rest = statistics.rest();
            assertThat(rest.moments().mean()).containsExactly(statistics.moments().mean());
            double[] expected = statistics.moments().covariance();
            double[] actual = rest.moments().covariance();
            double scale = 0;
            for (int i = 0; i < rest.width(); i++) {
                scale = Math.max(scale, expected[i * rest.width() + i]);
            }
            assertThat(actual).containsExactly(expected, within(ROUNDING * scale));
            PackedSymmetricMatrix metric = rest.meanMetric();
            for (int i = 0; i < metric.packed().length; i++) {
                double mean = statistics.metric().packed()[i] / IDS.size();
                assertThat(metric.packed()[i]).isCloseTo(mean, within(ROUNDING * Math.abs(mean)));
            }
        }
    }

    @Test
    void aLargeMeanDoesNotDrownTheVariance() {
        ProjectionMoments moments = new ProjectionMoments(1);
        for (double x : new double[] {999, 1001}) {
            moments.addSums(1, new double[] {x});
            moments.addGramRow(0, new double[] {x * x}, 0);
        }
        SublayerStatistics statistics =
                new SublayerStatistics(
                        0, Encoders.of(1, 1, 1, 1).get(1), LossKind.SUPERVISED, 0, 0);
        statistics.moments().merge(moments);
        assertThat(statistics.rest().moments().covariance()[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    void readsWhatItWrote() throws IOException {
        RestingMoments rest = statistics(IDS).get(1).rest();
        byte[] written = bytes(rest);
        assertThat(
                        bytes(
                                RestingMoments.read(
                                        new DataInputStream(new ByteArrayInputStream(written)))))
                .isEqualTo(written);
    }

    /** The formula of docs/numerics.md, and the size it gives for BERT-base. */
    @Test
    void aBertBaseRestsInLessThan250Megabytes() throws IOException {
        long all = 0;
        for (Sublayer sublayer : Encoders.of(12, 12, 64, 3072)) {
            all += formula(sublayer.inputWidth(), 768);
        }
        assertThat(all).isEqualTo(202_185_888L).isLessThan(250_000_000L);
        for (SublayerStatistics statistics : statistics(IDS)) {
            RestingMoments rest = statistics.rest();
            assertThat(bytes(rest)).hasSize((int) formula(rest.width(), rest.hidden()));
        }
    }

    private static long formula(long k, long d) {
        return 3 * (k * (k + 1) / 2 + d * (d + 1) / 2) + 8 * k + 28;
    }

    private static List<SublayerStatistics> statistics(List<String> ids) {
        return SyntheticScorer.statisticsOf(SUBLAYERS, 4, 7, ids);
    }

    private static byte[] bytes(RestingMoments rest) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rest.write(new DataOutputStream(out));
        return out.toByteArray();
    }
}
