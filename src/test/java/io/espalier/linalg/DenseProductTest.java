package io.espalier.linalg;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Both ways to a dense product, against Commons Math. */
class DenseProductTest {

    private static final double ROUNDING = 1e-12;

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 2", "7, 40, 33", "0, 3, 2", "2, 0, 3", "2, 3, 0"})
    void equalsCommonsMath(int m, int k, int n) {
        double[] a = new Random(1).doubles((long) m * k, -1, 1).toArray();
        double[] b = new Random(2).doubles((long) k * n, -1, 1).toArray();
        double[] expected = new double[m * n];
        if (m * k * n > 0) {
            RealMatrix product = matrix(a, m, k).multiply(matrix(b, k, n));
            for (int i = 0; i < expected.length; i++) {
                expected[i] = product.getEntry(i / n, i % n);
            }
        }
        double[] inJava = new double[m * n];

        DenseProduct.multiplyInJava(a, b, inJava, m, k, n);

        assertThat(DenseProduct.multiply(a, b, m, k, n))
                .containsExactly(expected, within(ROUNDING));
        assertThat(inJava).containsExactly(expected, within(ROUNDING));
    }

    @Test
    void refusesArraysThatDoNotFit() {
        assertThatThrownBy(() -> DenseProduct.multiply(new double[3], new double[4], 2, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("product of [2, 2] and [2, 2] given 3 and 4 numbers");
    }

    private static RealMatrix matrix(double[] values, int rows, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < values.length; i++) {
            matrix.setEntry(i / columns, i % columns, values[i]);
        }
        return matrix;
    }
}
