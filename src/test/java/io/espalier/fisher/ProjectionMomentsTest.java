package io.espalier.fisher;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Weighted moments of a few tokens, against their formulas by hand. */
class ProjectionMomentsTest {

    private static final double[][] TOKENS = {{1, 2, 3}, {0.5, -1, 4}, {-2, 0.25, 1}};
    private static final double[] WEIGHTS = {1, 0.5, 0.25};

    @Test
    void sumsTokensByTheirWeights() {
        ProjectionMoments moments = of(TOKENS, WEIGHTS);
        assertThat(moments.weight()).isEqualTo(1.75);
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int t = 0; t < 3; t++) {
                sum += WEIGHTS[t] * TOKENS[t][i];
            }
            assertThat(moments.sum()[i]).isEqualTo(sum);
            for (int j = 0; j < 3; j++) {
                double product = 0;
                for (int t = 0; t < 3; t++) {
                    product += WEIGHTS[t] * TOKENS[t][i] * TOKENS[t][j];
                }
                assertThat(moments.gram().get(i, j)).isEqualTo(product);
            }
        }
    }

    @Test
    void rowsMayStandAnywhereInTheirArray() {
        ProjectionMoments moments = new ProjectionMoments(3);
        moments.addGramRow(1, new double[] {9, 9, 5, 6, 9}, 2);
        assertThat(moments.gram().packed()).containsExactly(0, 0, 0, 5, 6, 0);
    }

    @Test
    void refusesAnotherWidth() {
        ProjectionMoments moments = of(TOKENS, WEIGHTS);
        assertThatThrownBy(() -> moments.merge(new ProjectionMoments(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("moments of width 4 do not fit width 3");
        moments.merge(of(TOKENS, WEIGHTS));
        assertThat(moments.weight()).isEqualTo(3.5);
    }

    private static ProjectionMoments of(double[][] tokens, double[] weights) {
        ProjectionMoments moments = new ProjectionMoments(3);
        for (int t = 0; t < tokens.length; t++) {
            double[] weighted = new double[3];
            for (int i = 0; i < 3; i++) {
                weighted[i] = weights[t] * tokens[t][i];
            }
            moments.addSums(weights[t], weighted);
            for (int i = 0; i < 3; i++) {
                double[] row = new double[3];
                for (int j = i; j < 3; j++) {
                    row[j] = weighted[i] * tokens[t][j];
                }
                moments.addGramRow(i, row, i);
            }
        }
        return moments;
    }
}
