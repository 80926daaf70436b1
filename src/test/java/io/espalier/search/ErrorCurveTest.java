package io.espalier.search;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is a curve, and the one of independent units. */
class ErrorCurveTest {

    private static final int[] ORDER = {2, 0, 1};

    @Test
    void anOptionRemovesAPrefixOfTheOrder() {
        ErrorCurve curve = new ErrorCurve(ORDER, new int[] {0, 2, 3}, new double[] {0, 1, 1});
        assertThat(curve.options()).isEqualTo(3);
        assertThat(curve.kept(1)).isEqualTo(1);
        assertThat(curve.mask(0)).containsExactly(1, 1, 1);
        assertThat(curve.mask(1)).containsExactly(0, 1, 0);
        assertThat(curve.mask(2)).containsExactly(0, 0, 0);
    }

    @Test
    void copiesWhatItIsGiven() {
        double[] errors = {0, 1, 2};
        ErrorCurve curve = new ErrorCurve(ORDER, new int[] {0, 1, 3}, errors);
        errors[1] = 9;
        assertThat(curve.errors()).containsExactly(0, 1, 2);
    }

    @Test
    void importanceAddsUpFromTheLeastAndOfEqualsTheLargerIndexGoesFirst() {
        ErrorCurve curve = ErrorCurve.ofImportance(new double[] {2, 0.5, 0.5, 4, 0.5});
        assertThat(curve.order()).containsExactly(4, 2, 1, 0, 3);
        assertThat(curve.removed()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(curve.errors()).containsExactly(0, 0.5, 1, 1.5, 3.5, 7.5);
    }

    @Test
    void importanceIsFiniteAndAtLeast0() {
        ErrorCurve.ofImportance(new double[] {0, 1});
        for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> ErrorCurve.ofImportance(new double[] {0, bad}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("unit 1 has importance " + bad);
        }
    }

    @Test
    void roundedItKeepsMultiplesAndAllAtErrorsInBetween() {
        int[] order = {4, 2, 1, 0, 3, 5, 6, 7, 8, 9};
        ErrorCurve curve =
                new ErrorCurve(order, new int[] {0, 4, 8, 10}, new double[] {0, 2, 4, 9});
        ErrorCurve rounded = curve.rounded(4);
        assertThat(rounded.order()).isEqualTo(order);
        assertThat(rounded.removed()).containsExactly(0, 2, 6, 10);
        assertThat(rounded.errors()).containsExactly(0, 1, 3, 9);
        assertThat(curve.rounded(2).removed()).containsExactly(0, 2, 4, 6, 8, 10);
        assertThat(curve.rounded(2).errors()).containsExactly(0, 1, 2, 3, 4, 9);
        assertThat(curve.rounded(10).removed()).containsExactly(0, 10);
        assertThat(curve.rounded(64).errors()).containsExactly(0, 9);
        assertThat(curve.rounded(1).options()).isEqualTo(11);
    }

    @Test
    void optionsGoFromNothingToAllAtNoLessError() {
        refuse("0 units at error 0 to all units", ORDER, new int[] {0, 2}, 0, 1);
        refuse("0 units at error 0 to all units", ORDER, new int[] {1, 3}, 0, 1);
        refuse("0 units at error 0 to all units", ORDER, new int[] {0, 3}, 1, 1);
        refuse("with 3 errors", ORDER, new int[] {0, 3}, 0, 1, 1);
        refuse("the one before 1 at", ORDER, new int[] {0, 1, 1, 3}, 0, 1, 1, 1);
        refuse("removes 3 units at error 1.0", ORDER, new int[] {0, 1, 3}, 0, 2, 1);
        refuse("at error NaN", ORDER, new int[] {0, 3}, 0, Double.NaN);
        refuse("unit 2 stands twice", new int[] {2, 2, 1}, new int[] {0, 3}, 0, 1);
        refuse("unit 3 stands", new int[] {2, 3, 1}, new int[] {0, 3}, 0, 1);
    }

    private static void refuse(String message, int[] order, int[] removed, double... errors) {
        assertThatThrownBy(() -> new ErrorCurve(order, removed, errors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
