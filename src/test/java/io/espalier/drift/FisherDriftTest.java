package io.espalier.drift;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The cosine of two diagonals, against one concatenated vector. */
class FisherDriftTest {

    private static final long SEED = Long.getLong("seed", 41);
    private static final List<Sublayer> SUBLAYERS = Encoders.of(3, 4, 1, 7);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void isTheCosineOfTheKindsConcatenatedRows() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100; i++) {
            List<float[]> before = random(random);
            List<float[]> after = random(random);
            for (SublayerKind kind : SublayerKind.values()) {
                assertThat(FisherDrift.cosine(SUBLAYERS, before, after, kind))
                        .isCloseTo(oracle(before, after, kind), within(1e-14));
            }
        }
    }

    @Test
    void isOneForOneDirectionAndNeverMore() {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 2000; i++) {
            List<float[]> before = random(random);
            float scale = 0.1f + random.nextFloat();
            List<float[]> after = new ArrayList<>();
            for (float[] row : before) {
                float[] scaled = row.clone();
                for (int unit = 0; unit < scaled.length; unit++) {
                    scaled[unit] *= scale;
                }
                after.add(scaled);
            }
            assertThat(FisherDrift.cosine(SUBLAYERS, before, after, SublayerKind.FFN))
                    .isCloseTo(1, within(1e-12))
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void otherKindsDoNotCount() {
        List<float[]> before = random(new Random(SEED));
        List<float[]> after = new ArrayList<>(before);
        after.set(0, new float[] {9, 0, 0, 0});
        assertThat(FisherDrift.cosine(SUBLAYERS, before, after, SublayerKind.FFN))
                .isCloseTo(1, within(1e-15));
        assertThat(FisherDrift.cosine(SUBLAYERS, before, after, SublayerKind.ATTENTION))
                .isLessThan(0.99);
    }

    @Test
    void isNotANumberWithoutADirection() {
        List<float[]> before = random(new Random(SEED));
        List<float[]> zero = SUBLAYERS.stream().map(each -> new float[each.units()]).toList();
        assertThat(FisherDrift.cosine(SUBLAYERS, before, zero, SublayerKind.FFN)).isNaN();
        assertThat(FisherDrift.cosine(SUBLAYERS, zero, before, SublayerKind.FFN)).isNaN();
    }

    private static List<float[]> random(Random random) {
        List<float[]> rows = new ArrayList<>();
        for (Sublayer sublayer : SUBLAYERS) {
            float[] row = new float[sublayer.units()];
            for (int unit = 0; unit < row.length; unit++) {
                row[unit] = (float) (1e-6 * random.nextDouble());
            }
            rows.add(row);
        }
        return rows;
    }

    private static double oracle(List<float[]> before, List<float[]> after, SublayerKind kind) {
        List<double[]> pairs = new ArrayList<>();
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            for (int unit = 0; unit < before.get(s).length; unit++) {
                if (SUBLAYERS.get(s).kind() == kind) {
                    pairs.add(new double[] {before.get(s)[unit], after.get(s)[unit]});
                }
            }
        }
        double product = pairs.stream().mapToDouble(pair -> pair[0] * pair[1]).sum();
        double a = pairs.stream().mapToDouble(pair -> pair[0] * pair[0]).sum();
        double b = pairs.stream().mapToDouble(pair -> pair[1] * pair[1]).sum();
        return product / (Math.sqrt(a) * Math.sqrt(b));
    }
}
