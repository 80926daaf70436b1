package io.espalier.linalg;

import io.espalier.testing.DenseOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Products of the symmetric operator, for orders around its blocks of four. */
class SymmetricOperatorTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 11})
    void bothProductsAreThoseOfTheMatrix(int n) {
        Random random = new Random(n);
        double[] matrix = new double[n * n];
        double[][] rows = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                double value = random.nextGaussian();
                matrix[i * n + j] = value;
                matrix[j * n + i] = value;
                rows[i][j] = value;
                rows[j][i] = value;
            }
        }
        double[] x = random.doubles(n).toArray();
        double[] expected = new double[n];
        new DenseOperator(rows, n).apply(x, expected);

        double[] product = new double[n];
        new SymmetricOperator(matrix, n).apply(x, product);
        assertThat(product).containsExactly(expected, within(1e-12));
        new SymmetricOperator(matrix, n).applyTranspose(x, product);
        assertThat(product).containsExactly(expected, within(1e-12));
    }

    @Test
    void refusesAnArrayOfAnotherSize() {
        assertThatThrownBy(() -> new SymmetricOperator(new double[5], 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("matrix of order 2 given 5 numbers");
    }
}
