package io.espalier.mask;

import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a mask counts, copies and refuses, on an encoder of 2 x 2 heads and 2 x 3 neurons. */
class PruningMaskTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(2, 2, 4, 3);

    private static float[][] values() {
        return new float[][] {{1, 0}, {0, -2, 0.5f}, {0, 0}, {1, 1, 1}};
    }

    @Test
    void zeroPrunesAndAnythingElseKeeps() {
        PruningMask mask = PruningMask.of(SUBLAYERS, values());
        assertThat(mask.keptUnits(0)).containsExactly(0);
        assertThat(mask.keptUnits(1)).containsExactly(1, 2);
        assertThat(mask.keptUnits(2)).isEmpty();
        assertThat(mask.keeps(1, 0)).isFalse();
        assertThat(mask.keeps(1, 1)).isTrue();
        assertThat(mask.countKept(SublayerKind.ATTENTION)).isEqualTo(1);
        assertThat(mask.countKept(SublayerKind.FFN)).isEqualTo(5);
        assertThat(mask.countUnits(SublayerKind.ATTENTION)).isEqualTo(4);
        assertThat(mask.countUnits(SublayerKind.FFN)).isEqualTo(6);
    }

    @Test
    void negativeZeroPrunesToo() {
        float[][] values = values();
        values[0][0] = -0f;
        assertThat(PruningMask.of(SUBLAYERS, values).keptUnits(0)).isEmpty();
    }

    @Test
    void theDenseMaskKeepsEverythingAtOne() {
        PruningMask dense = PruningMask.dense(SUBLAYERS);
        assertThat(dense.values(1)).containsExactly(1, 1, 1);
        assertThat(dense.countKept(SublayerKind.FFN)).isEqualTo(6);
    }

    @Test
    void doesNotChangeWithTheArraysAroundIt() {
        float[][] values = values();
        PruningMask mask = PruningMask.of(SUBLAYERS, values);
        values[0][1] = 7;
        mask.values(3)[0] = 0;
        assertThat(mask).isEqualTo(PruningMask.of(SUBLAYERS, values()));
    }

    @Test
    void equalsByValues() {
        PruningMask mask = PruningMask.of(SUBLAYERS, values());
        float[][] other = values();
        other[1][1] = 2;
        assertThat(mask)
                .isEqualTo(PruningMask.of(SUBLAYERS, values()))
                .hasSameHashCodeAs(PruningMask.of(SUBLAYERS, values()))
                .isNotEqualTo(PruningMask.of(SUBLAYERS, other))
                .isNotEqualTo(PruningMask.of(Encoders.of(2, 2, 5, 3), values()));
    }

    @Test
    void refusesAnotherShape() {
        assertThatThrownBy(() -> PruningMask.of(SUBLAYERS, new float[][] {{1, 1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mask has 1 rows for 4 sublayers");
        float[][] narrow = {{1, 0}, {0, 1}, {0, 0}, {1, 1, 1}};
        assertThatThrownBy(() -> PruningMask.of(SUBLAYERS, narrow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mask of '0/ffn' has 2 values for 3 units");
        assertThat(PruningMask.of(SUBLAYERS, values()).sublayers()).isEqualTo(SUBLAYERS);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void refusesValuesThatAreNoNumbers(float value) {
        float[][] values = values();
        values[3][2] = value;
        assertThatThrownBy(() -> PruningMask.of(SUBLAYERS, values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mask of '1/ffn' has the value " + value);
    }
}
