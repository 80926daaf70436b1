package io.espalier.mask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sizes and labels that a sublayer may have. */
class SublayerTest {

    @ParameterizedTest
    @CsvSource({"-1, 4, 8", "0, 0, 8", "0, 4, 0"})
    void refusesSizesThatCannotBe(int layer, int units, int width) {
        assertThatThrownBy(() -> sublayer(layer, units, width))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "sublayer 'x': layer %d, units %d, unit width %d; needs layer >= 0 and the"
                                + " others >= 1",
                        layer, units, width);
        assertThat(sublayer(0, 4, 8).inputWidth()).isEqualTo(32);
    }

    private static Sublayer sublayer(int layer, int units, int width) {
        return new Sublayer("x", SublayerKind.ATTENTION, layer, units, width, List.of("q"), "o");
    }

    @Test
    void kindsAreFoundByTheirLabels() {
        for (SublayerKind kind : SublayerKind.values()) {
            assertThat(SublayerKind.ofLabel(kind.label())).isEqualTo(kind);
        }
        assertThatThrownBy(() -> SublayerKind.ofLabel("conv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sublayer kind 'conv' is not one of attention, ffn");
    }

    @Test
    void projectionsHaveTheirLengths() {
        assertThatThrownBy(() -> new Projection(2, 3, new float[5], new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("projection 3 x 2 has 5 weights and 3 biases");
        assertThat(new Projection(2, 3, new float[6], new float[3]).outputs()).isEqualTo(3);
        assertThat(new Projection(0, 3, new float[0], new float[3]).inputs()).isZero();
    }
}
