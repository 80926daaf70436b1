package io.espalier.cost;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The MAC counts of BERT-base at the lengths of public tasks, and what lengths may be. */
class MacCostTest extends CostModelContract {

    @Override
    CostModel model() {
        return new MacCost(12, 7.25, 60);
    }

    private static final int HIDDEN = 768;
    private static final List<Sublayer> BERT = Encoders.bertBase();

    /** Figures of an implementation of its own, to their last digit. */
    @ParameterizedTest
    @CsvSource({
        "11.67, 2311847.5, 17925.1, 0.993698, .3350",
        "25.16, 5027684.6, 38645.8, 2.148624, .3370",
        "30.55, 6125837.1, 46924.8, 2.611956, .3377",
        "31.47, 6314020.0, 48337.9, 2.691148, .3379",
        "39.05, 7872729.9, 59980.8, 3.344805, .3389",
        "50.97, 10353646.2, 78289.9, 4.377005, .3406",
        "53.24, 10830225.6, 81776.6, 4.574167, .3409",
        "64.59, 13232909.8, 99210.2, 5.562825, .3425",
        "170, 37122560, 261120, 14.971576, .3571",
        "197, 43699328, 302592, 17.447455, .3607"
    })
    void countsBertBaseAtItsTasksLengths(
            double length, double head, double neuron, double gigaMacs, double headShare) {
        MacCost cost = MacCost.ofLength(HIDDEN, length);
        assertThat(cost.unit(BERT.get(0))).isCloseTo(head, within(0.05001));
        assertThat(cost.unit(BERT.get(1))).isCloseTo(neuron, within(0.05001));
        assertThat(cost.total(BERT) / 1e9).isCloseTo(gigaMacs, within(5.001e-7));
        assertThat(144 * cost.unit(BERT.get(0)) / cost.total(BERT))
                .isCloseTo(headShare, within(5.001e-5));
    }

    @Test
    void halfOfBertBaseOnMnli() {
        double share = MacCost.ofLength(HIDDEN, 39.05).share(mask(116, 12_656));
        assertThat(share).isCloseTo(0.499985, within(5e-7));
    }

    @Test
    void sharesRunFromNothingToAll() {
        MacCost cost = MacCost.ofLength(HIDDEN, 39.05);
        assertThat(cost.share(mask(0, 0))).isZero();
        assertThat(cost.share(mask(144, 12 * 3072))).isEqualTo(1);
        assertThat(cost.share(mask(1, 0)))
                .isCloseTo(cost.unit(BERT.get(0)) / cost.total(BERT), within(1e-15));
    }

    @Test
    void spreadLengthsCostMoreAttentionThanTheirMeanAlone() {
        // Half of the samples have 10 tokens, half have 90.
        MacCost spread = new MacCost(HIDDEN, 50, (100 + 8100) / 2.0);
        double head = 0;
        for (double length : new double[] {10, 90}) {
            head += MacCost.ofLength(HIDDEN, length).unit(BERT.get(0)) / 2;
        }
        assertThat(spread.unit(BERT.get(0))).isEqualTo(head);
        assertThat(spread.unit(BERT.get(0)))
                .isGreaterThan(MacCost.ofLength(HIDDEN, 50).unit(BERT.get(0)));
        assertThat(spread.unit(BERT.get(1)))
                .isEqualTo(MacCost.ofLength(HIDDEN, 50).unit(BERT.get(1)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesLengthsThatCannotBe(double length) {
        assertThatThrownBy(() -> MacCost.ofLength(HIDDEN, length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean length " + length + ", mean squared length " + length * length);
    }

    @Test
    void refusesLessThanTheSquareOfTheMean() {
        assertThatThrownBy(() -> new MacCost(HIDDEN, 10, 99.9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean length 10.0, mean squared length 99.9");
        assertThat(new MacCost(HIDDEN, 10, 100).meanSquaredLength()).isEqualTo(100);
    }

    /** The first so many heads and neurons. */
    private static PruningMask mask(int heads, int neurons) {
        float[][] values = new float[BERT.size()][];
        int headsLeft = heads;
        int neuronsLeft = neurons;
        for (int s = 0; s < values.length; s++) {
            boolean attention = BERT.get(s).kind() == SublayerKind.ATTENTION;
            values[s] = new float[BERT.get(s).units()];
            int keep = Math.min(values[s].length, attention ? headsLeft : neuronsLeft);
            Arrays.fill(values[s], 0, keep, 1f);
            headsLeft -= attention ? keep : 0;
            neuronsLeft -= attention ? 0 : keep;
        }
        return PruningMask.of(BERT, values);
    }
}
