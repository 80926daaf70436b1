package io.espalier.linalg;

import io.espalier.testing.DenseOperator;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The fifteen systems the reference implementation solved while tuning the tiny BERT. */
class LsmrGoldenTest {

    /** The golden README's bound; an independent float64 run differs by 2.3e-6. */
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "0.7, 0", "0.7, 1", "0.7, 2", "0.7, 3", "0.7, 4",
        "0.5, 0", "0.5, 1", "0.5, 2", "0.5, 3", "0.5, 4",
        "0.3, 0", "0.3, 1", "0.3, 2", "0.3, 3", "0.3, 4",
    })
    void solvesAsTheReferenceDid(String ratio, int solve) {
        String prefix = "c" + ratio + "/solve" + solve + "/";
        float[] gram = TinyBert.floats(prefix + "G");
        float[] right = TinyBert.floats(prefix + "b");
        float[] golden = TinyBert.floats(prefix + "x");
        int n = right.length;
        double[][] rows = new double[n][n];
        double[] b = new double[n];
        for (int i = 0; i < n; i++) {
            b[i] = right[i];
            for (int j = 0; j < n; j++) {
                rows[i][j] = gram[i * n + j];
                b[i] -= gram[i * n + j];
            }
        }

        LsmrResult result =
                new Lsmr(new Lsmr.Settings(1, 1e-6, 1e-6, 1e8, 5 * n))
                        .solve(new DenseOperator(rows, n), b);

        assertThat(result.reason().code()).isEqualTo(2);
        for (int i = 0; i < n; i++) {
            assertThat(1 + result.x()[i]).isCloseTo(golden[i], within(TOLERANCE));
        }
    }
}
