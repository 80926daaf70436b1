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
    void halvesAreComparedWithHalves() {
        List<List<float[]>> a = profiles(new float[] {1, 3}, new float[] {3, 1});
        List<List<float[]>> b = profiles(new float[] {1, 0}, new float[] {0, 1});
        List<List<float[]>> doubled = profiles(new float[] {2, 6}, new float[] {6, 2});
        double half = 1 - 2 * Math.sqrt(3.0 / 16); // H^2 of (1/4, 3/4) and (3/4, 1/4).
        assertThat(ImportanceDistance.within(SUBLAYERS, a, SublayerKind.ATTENTION))
                .isCloseTo(Math.sqrt(half), within(1e-12));
        assertThat(ImportanceDistance.within(SUBLAYERS, b, SublayerKind.ATTENTION)).isEqualTo(1);
        // Of four pairs two are equal.
        assertThat(between(a, doubled)).isCloseTo(Math.sqrt(half / 2), within(1e-7));
        double crossed = (1 - Math.sqrt(0.25) + 1 - Math.sqrt(0.75)) / 2;
        assertThat(between(a, b)).isCloseTo(Math.sqrt(crossed), within(1e-12));
        assertThat(between(a, List.of(List.of(), List.of()))).isNaN();
    }

    private static List<List<float[]>> profiles(float[] even, float[] odd) {
        return List.of(List.of(even, odd), List.of(new float[] {1, 0, 0}, new float[] {1, 0, 0}));
    }

    private static double between(List<List<float[]>> a, List<List<float[]>> b) {
        return ImportanceDistance.between(SUBLAYERS, a, b, SublayerKind.ATTENTION);
    }
}
