package io.espalier.drift;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The distance of two windows, and what chance makes of it. */
class NoiseFloorTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 2, 2, 3);

    @Test
    void theFloorIsThe95thPercentileOfTheLast20Windows() {
        NoiseFloor floor = NoiseFloor.UNKNOWN;
        assertThat(floor.value()).isNaN();
        for (int i = 1; i <= 4; i++) {
            floor = floor.with(i / 100.0);
        }
        assertThat(floor.learned()).isFalse();
        assertThat(floor.with(Double.NaN)).isSameAs(floor);
        for (int i = 5; i <= 40; i++) {
            floor = floor.with(i / 100.0);
            assertThat(floor.learned()).isTrue();
        }
        assertThat(floor.recent()).hasSize(NoiseFloor.WINDOWS).first().isEqualTo(0.21);
        assertThat(floor.value()).isEqualTo(0.39); // The 19th of 20.
    }

    @Test
    void theDistanceIsThatOfSharesWhateverTheirSum() {
        List<float[]> a = List.of(new float[] {1, 3}, new float[] {1, 0, 0});
        List<float[]> b = List.of(new float[] {3, 1}, new float[] {0, 0, 2});
        List<float[]> doubled = List.of(new float[] {2, 6}, new float[] {7, 0, 0});
        assertThat(hellinger(a, doubled, SublayerKind.ATTENTION)).isCloseTo(0, within(1e-7));
        assertThat(hellinger(a, b, SublayerKind.ATTENTION))
                .isCloseTo(Math.sqrt(1 - 2 * Math.sqrt(3.0 / 16)), within(1e-12));
        assertThat(hellinger(a, b, SublayerKind.FFN)).isEqualTo(1);
        List<float[]> zero = List.of(new float[2], new float[3]);
        assertThat(hellinger(a, zero, SublayerKind.FFN)).isNaN();
    }

    private static double hellinger(List<float[]> a, List<float[]> b, SublayerKind kind) {
        return ImportanceDistance.hellinger(SUBLAYERS, a, b, kind);
    }
}
