package io.espalier.cost;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The operations of scoring, counted product by product. */
class ScoringCostTest {

    private static final int T = 7;
    private static final int D = TinyBert.HIDDEN;
    private static final int F = TinyBert.NEURONS;

    @Test
    void countsEveryProductThatAGradientReaches() {
        double attention = product(T, D, D) * 4 + TinyBert.HEADS * 2 * product(T, 8, T);
        double ffn = product(T, D, F) * 2;
        double first = attention + moments(D) + product(T, D, D) + 2 * ffn + moments(F);
        double attentionBack = product(T, D, D) * 4 + TinyBert.HEADS * 4 * product(T, 8, T);
        double second = attention + attentionBack + moments(D) + 2 * ffn + moments(F);
        double lastBack =
                product(1, D, D) * 2 + TinyBert.HEADS * 4 * product(1, 8, T) + product(T, D, D) * 2;
        double third =
                attention
                        + lastBack
                        + moments(D)
                        + product(T, D, F)
                        + 3 * product(1, D, F)
                        + moments(F);
        assertThat(ScoringCost.operations(D, TinyBert.sublayers(), T))
                .isEqualTo(first + second + third);
    }

    private static double product(int rows, int inner, int columns) {
        return 2.0 * rows * inner * columns;
    }

    private static double moments(int width) {
        return (double) T * width * (width + 1);
    }
}
