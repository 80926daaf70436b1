package io.espalier.linalg;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Single-precision Gram blocks against sums of doubles. */
class GramBlockTest {

    /** Float rounding over a hundred terms of size 1. */
    private static final double ROUNDING = 1e-4;

    private static final int WIDTH = 33;
    private static final int ROWS = 100;

    private final float[] rows = gaussian(ROWS * WIDTH, 1);
    private final float[] ones = filled(ROWS, 1f);

    @Test
    void accumulatesTheGramMatrixOfHeapRows() {
        GramBlock block = new GramBlock(WIDTH);
        block.accumulate(rows, 60);
        block.accumulate(Arrays.copyOfRange(rows, 60 * WIDTH, ROWS * WIDTH), 40);

        assertThat(block.pending()).isEqualTo(ROWS);
        assertThat(drained(block)).containsExactly(oracle(rows, ones), within(ROUNDING));
    }

    @Test
    void readsDirectBuffersInPlaceFromTheirPositionOn() {
        FloatBuffer direct =
                ByteBuffer.allocateDirect(4 * (rows.length + 7))
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        direct.position(7);
        direct.put(rows).position(7);
        GramBlock block = new GramBlock(WIDTH);

        block.accumulate(direct, ROWS);

        assertThat(direct.position()).isEqualTo(7);
        assertThat(drained(block)).containsExactly(oracle(rows, ones), within(ROUNDING));
    }

    @Test
    void takesBuffersOfTheHeapAndOfTheOtherByteOrder() {
        FloatBuffer foreign = ByteBuffer.allocateDirect(4 * rows.length).asFloatBuffer();
        foreign.put(rows).flip();
        double[] expected = oracle(rows, ones);
        GramBlock block = new GramBlock(WIDTH);

        block.accumulate(FloatBuffer.wrap(rows), ROWS);
        assertThat(drained(block)).containsExactly(expected, within(ROUNDING));
        block.accumulate(foreign, ROWS);
        assertThat(drained(block)).containsExactly(expected, within(ROUNDING));
    }

    @Test
    void weighsRowsAndLeavesOutThoseOfNoWeight() {
        float[] weights = new float[ROWS];
        for (int t = 0; t < ROWS; t++) {
            weights[t] = t % 3 == 0 ? 0f : 0.1f * t;
        }
        float[] padded = rows.clone();
        Arrays.fill(padded, 0, WIDTH, Float.NaN);
        GramBlock block = new GramBlock(WIDTH);

        block.accumulate(padded, weights, ROWS);

        assertThat(block.pending()).isEqualTo(66);
        assertThat(drained(block)).containsExactly(oracle(rows, weights), within(10 * ROUNDING));
    }

    @Test
    void addsToWhatTheSumHoldsAndIsEmptyAfterwards() {
        GramBlock block = new GramBlock(WIDTH);
        PackedSymmetricMatrix sum = new PackedSymmetricMatrix(WIDTH);
        Arrays.fill(sum.packed(), 1000);
        block.accumulate(rows, ROWS);
        block.drainTo(sum);
        double[] once = sum.packed().clone();

        block.drainTo(sum);

        assertThat(block.pending()).isZero();
        assertThat(sum.packed()).containsExactly(once);
        double[] expected = oracle(rows, ones);
        for (int i = 0; i < expected.length; i++) {
            assertThat(once[i] - 1000).isCloseTo(expected[i], within(ROUNDING));
        }
    }

    @Test
    void blocksInTwoThreadsGiveTheBitsOfOne() {
        GramBlock alone = new GramBlock(WIDTH);
        alone.accumulate(rows, ROWS);
        double[] expected = drained(alone);

        assertThat(
                        IntStream.range(0, 16)
                                .parallel()
                                .mapToObj(
                                        i -> {
                                            GramBlock block = new GramBlock(WIDTH);
                                            block.accumulate(rows, ROWS);
                                            return drained(block);
                                        })
                                .toList())
                .allSatisfy(gram -> assertThat(gram).containsExactly(expected));
    }

    @Test
    void noRowsAddNothing() {
        GramBlock block = new GramBlock(WIDTH);
        block.accumulate(new float[0], 0);

        assertThat(drained(block)).containsOnly(0);
    }

    @Test
    void refusesWhatDoesNotFit() {
        GramBlock block = new GramBlock(WIDTH);

        assertThatThrownBy(() -> block.accumulate(rows, ROWS + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("101 rows of 33 numbers need 3333, given are 3300");
        assertThatThrownBy(() -> block.accumulate(FloatBuffer.wrap(rows, 1, 33 * 2), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given are 66");
        assertThatThrownBy(() -> block.accumulate(rows, filled(ROWS, -1f), ROWS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight of row 0 is -1.0");
        assertThatThrownBy(() -> block.drainTo(new PackedSymmetricMatrix(32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("block of width 33 does not fit a matrix of order 32");
    }

    private static double[] drained(GramBlock block) {
        PackedSymmetricMatrix sum = new PackedSymmetricMatrix(block.width());
        block.drainTo(sum);
        return sum.packed();
    }

    private static double[] oracle(float[] rows, float[] weights) {
        PackedSymmetricMatrix sum = new PackedSymmetricMatrix(WIDTH);
        for (int i = 0; i < WIDTH; i++) {
            for (int j = i; j < WIDTH; j++) {
                for (int t = 0; t < weights.length; t++) {
                    sum.packed()[sum.rowStart(i) + j - i] +=
                            (double) weights[t] * rows[t * WIDTH + i] * rows[t * WIDTH + j];
                }
            }
        }
        return sum.packed();
    }

    private static float[] gaussian(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }
}
