package io.espalier.artifact;

import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Folding is masking: the same output from the kept inputs alone. */
class FoldingTest {

    /** One float rounding a weight, some 24 weights of size 1 summed in double. */
    private static final double TOLERANCE = 1e-5;

    private static final Sublayer HEADS =
            new Sublayer("a", SublayerKind.ATTENTION, 0, 6, 4, List.of("q", "k", "v"), "o");

    @Test
    void foldedProjectionEqualsMaskedOne() {
        Random random = new Random(3);
        for (int round = 0; round < 100; round++) {
            Projection dense = projection(random, HEADS.inputWidth(), 5);
            float[] mask = new float[HEADS.units()];
            for (int unit = 0; unit < mask.length; unit++) {
                mask[unit] = random.nextInt(3) == 0 ? 0f : (float) random.nextGaussian();
            }
            SlimSublayer slim = Folding.fold(HEADS, dense, mask);

            float[] input = floats(random, HEADS.inputWidth());
            float[] masked = new float[input.length];
            for (int i = 0; i < input.length; i++) {
                masked[i] = input[i] * mask[i / HEADS.unitWidth()];
            }
            int[] kept = slim.keptInputs();
            float[] cut = new float[kept.length];
            for (int i = 0; i < kept.length; i++) {
                cut[i] = input[kept[i]];
            }
            assertThat(apply(slim.projection(), cut))
                    .containsExactly(apply(dense, masked), within(TOLERANCE));
        }
    }

    @Test
    void zeroOfEitherSignRemovesTheUnit() {
        Projection dense = projection(new Random(1), HEADS.inputWidth(), 5);
        float[] mask = {1f, 0f, -0f, Float.MIN_VALUE, -1f, 0f};
        assertThat(Folding.fold(HEADS, dense, mask).keptUnits()).containsExactly(0, 3, 4);
    }

    @Test
    void emptySublayerKeepsItsBias() {
        Projection dense = projection(new Random(1), HEADS.inputWidth(), 5);
        SlimSublayer slim = Folding.fold(HEADS, dense, new float[6]);
        assertThat(slim.projection().inputs()).isZero();
        assertThat(slim.projection().bias()).isEqualTo(dense.bias());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Projection dense = projection(new Random(1), HEADS.inputWidth(), 5);
        assertThatThrownBy(() -> Folding.fold(HEADS, dense, new float[5]))
                .hasMessage("sublayer 'a': 6 units of width 4, 5 mask values and 24 inputs");
        assertThatThrownBy(() -> Folding.fold(HEADS, dense, new float[] {1, 1, Float.NaN, 1, 1, 1}))
                .hasMessage("sublayer 'a': mask value NaN");
        assertThatThrownBy(() -> new SlimSublayer(HEADS, new int[] {3, 1}, dense))
                .hasMessageContaining("kept unit 1 after 3; needs ascending units below 6");
        assertThatThrownBy(() -> new SlimSublayer(HEADS, new int[] {1, 3}, dense))
                .hasMessageContaining("2 kept units of width 4, the projection has 24 inputs");
    }

    private static double[] apply(Projection projection, float[] input) {
        double[] output = new double[projection.outputs()];
        for (int row = 0; row < output.length; row++) {
            double sum = projection.bias()[row];
            for (int i = 0; i < input.length; i++) {
                sum += (double) projection.weight()[row * projection.inputs() + i] * input[i];
            }
            output[row] = sum;
        }
        return output;
    }

    private static Projection projection(Random random, int inputs, int outputs) {
        return new Projection(
                inputs, outputs, floats(random, inputs * outputs), floats(random, outputs));
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
