package io.espalier.linalg;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Sums of products of small whole numbers, which are exact. */
class GramSumTest {

    private static final int ORDER = 37;

    private static FloatBuffer direct(float[] values) {
        FloatBuffer buffer =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        return buffer.put(values).flip();
    }

    private static float[] draw(Random random, int rows) {
        float[] values = new float[rows * ORDER];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(17) - 8;
        }
        return values;
    }

    private static void addTo(PackedSymmetricMatrix expected, float[] x) {
        for (int row = 0; row < x.length; row += ORDER) {
            for (int i = 0; i < ORDER; i++) {
                for (int j = i; j < ORDER; j++) {
                    expected.packed()[expected.rowStart(i) + j - i] += x[row + i] * x[row + j];
                }
            }
        }
    }

    @Test
    void addsBlocksOfRowsAndStartsAnewOnceDrained() {
        Random random = new Random(3);
        PackedSymmetricMatrix expected = new PackedSymmetricMatrix(ORDER);
        PackedSymmetricMatrix sum = new PackedSymmetricMatrix(ORDER);
        try (GramSum gram = new GramSum(ORDER)) {
            for (int rows : new int[] {1, 50, 7}) {
                float[] x = draw(random, rows);
                gram.add(direct(x), rows);
                addTo(expected, x);
            }
            gram.drainInto(sum);
            assertThat(sum.packed()).isEqualTo(expected.packed());
            gram.drainInto(sum);
            assertThat(sum.packed()).isEqualTo(expected.packed());
            float[] more = draw(random, 3);
            gram.add(direct(more), 3);
            addTo(expected, more);
            gram.drainInto(sum);
            assertThat(sum.packed()).isEqualTo(expected.packed());
        }
    }

    @Test
    void refusesBuffersThatAreNotDirectOrOfAnotherSize() {
        float[] x = new float[2 * ORDER];
        try (GramSum gram = new GramSum(ORDER)) {
            gram.add(direct(x), 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> gram.add(FloatBuffer.wrap(x), 2))
                    .withMessageContaining("not another of 74");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> gram.add(direct(x), 3))
                    .withMessageContaining("3 rows of 37 numbers need a direct buffer of 111");
        }
    }

    @Test
    void refusesAMatrixOfAnotherOrder() {
        try (GramSum gram = new GramSum(ORDER)) {
            gram.drainInto(new PackedSymmetricMatrix(ORDER));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> gram.drainInto(new PackedSymmetricMatrix(ORDER + 1)))
                    .withMessageContaining("order 37 does not fit a matrix of order 38");
        }
    }
}
