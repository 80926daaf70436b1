package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Ties, edges and refusals of the search, on an encoder of 2 x 2 heads and 2 x 3 neurons. */
class MaskSearchTest {

    /** A head costs 10, a neuron 2; the whole encoder 52. */
    private static final MacCost COST = new MacCost(1, 1, 3);

    private static final List<Sublayer> SUBLAYERS = Encoders.of(2, 2, 1, 3);
    private static final double TOTAL = 52;

    @Test
    void costsAreWhatTheCasesBelowCountWith() {
        assertThat(COST.unit(SUBLAYERS.get(0))).isEqualTo(10);
        assertThat(COST.unit(SUBLAYERS.get(1))).isEqualTo(2);
        assertThat(COST.total(SUBLAYERS)).isEqualTo(TOTAL);
    }

    @Test
    void equalUnitsAreTakenByLayerThenByIndex() {
        double[][] equal = {{1, 1}, {1, 1, 1}, {1, 1}, {1, 1, 1}};
        assertKept(search(equal, 8), new int[][] {{}, {0, 1, 2}, {}, {0}});
        // All neurons are cheaper than any head, so heads come last.
        assertKept(search(equal, 12 + 30), new int[][] {{0, 1}, {0, 1, 2}, {0}, {0, 1, 2}});
    }

    @Test
    void moreImportantUnitsOfLaterLayersComeFirst() {
        double[][] rising = {{1, 2}, {1, 2, 3}, {3, 4}, {4, 5, 6}};
        assertKept(search(rising, 8), new int[][] {{}, {2}, {}, {0, 1, 2}});
    }

    @Test
    void dropsEveryHeadWhereNeuronsAreWorthMore() {
        double[][] heads = {{1, 1}, {9, 9, 9}, {1, 1}, {9, 9, 9}};
        assertKept(search(heads, 12), new int[][] {{}, {0, 1, 2}, {}, {0, 1, 2}});
        double[][] twin = {{1, 100}, {9, 9, 9}, {1, 1}, {9, 9, 9}};
        assertKept(search(twin, 12), new int[][] {{1}, {0}, {}, {}});
    }

    @Test
    void equalValueGoesToTheLowerCost() {
        // One head and five neurons are worth the same: 5 at cost 10 each; four neurons cost 8.
        double[][] importance = {{4, 0}, {1, 1, 1}, {0, 0}, {1, 0, 0}};
        assertKept(search(importance, 9), new int[][] {{}, {0, 1, 2}, {}, {0}});
        assertThat(cost(search(importance, 10))).isLessThanOrEqualTo(10);
        double[][] atEqualCost = {{5, 0}, {1, 1, 1}, {0, 0}, {1, 1, 0}};
        assertKept(search(atEqualCost, 10), new int[][] {{}, {0, 1, 2}, {}, {0, 1}});
    }

    @Test
    void aBudgetSpentToTheLastUnitIsNotMissedByRounding() {
        // Worth what they cost: the best set spends all that can be spent.
        double[][] importance = {{10, 10}, {2, 2, 2}, {10, 10}, {2, 2, 2}};
        for (int heads = 0; heads <= 4; heads++) {
            for (int neurons = 0; neurons <= 6; neurons++) {
                double spend = heads * 10 + neurons * 2;
                if (spend > 0) {
                    double spent = cost(search(importance, spend));
                    assertThat(spent).isEqualTo(spend);
                }
            }
        }
    }

    @Test
    void theWholeBudgetKeepsEverything() {
        double[][] importance = {{2, 1}, {1, 1, 3}, {1, 1}, {1, 4, 1}};
        assertThat(searcher(importance).search(Budget.macs(1)))
                .isEqualTo(PruningMask.dense(SUBLAYERS));
    }

    @Test
    void aHeadWithoutImportanceIsDroppedEvenIfItFits() {
        double[][] importance = {{2, 0}, {1, 1, 3}, {1, 1}, {1, 4, 1}};
        assertKept(search(importance, TOTAL), new int[][] {{0}, {0, 1, 2}, {0, 1}, {0, 1, 2}});
    }

    @Test
    void aBudgetBelowOneUnitKeepsNothing() {
        double[][] importance = {{1, 1}, {1, 1, 1}, {1, 1}, {1, 1, 1}};
        assertKept(search(importance, 1.9), new int[][] {{}, {}, {}, {}});
        assertKept(search(importance, 2), new int[][] {{}, {0}, {}, {}});
    }

    @Test
    void refusesImportanceThatTellsNothingApart() {
        assertThatThrownBy(() -> searcher(new double[][] {{0, 0}, {0, 0, 0}, {0, 0}, {0, 0, 0}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "every importance is 0: no gradient reached the masks of any of the 4"
                                + " sublayers");
        double[][] one = {{0, 0}, {0, 0, 0}, {0, 0}, {0, Double.MIN_VALUE, 0}};
        assertKept(search(one, 2), new int[][] {{}, {}, {}, {1}});
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-300, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesImportanceThatIsNoSumOfSquares(double value) {
        assertThatThrownBy(
                        () -> searcher(new double[][] {{1, 1}, {1, 1, 1}, {1, value}, {1, 1, 1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unit 1 of '1/att' has importance " + value);
        searcher(new double[][] {{1, 1}, {1, 1, 1}, {1, Math.abs(1)}, {1, 1, 1}});
    }

    @Test
    void refusesUnitsOfOneKindThatCostDifferently() {
        List<Sublayer> wide = Encoders.of(1, 2, 2, 3);
        List<Sublayer> mixed = List.of(SUBLAYERS.get(0), SUBLAYERS.get(1), wide.get(0));
        double[][] importance = {{1, 1}, {1, 1, 1}, {1, 1}};
        assertThatThrownBy(() -> new MaskSearch(mixed, importance, COST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 different costs of attention units; expected 1");
        new MaskSearch(SUBLAYERS.subList(0, 3), importance, COST);
    }

    private static MaskSearch searcher(double[][] importance) {
        return new MaskSearch(SUBLAYERS, importance, COST);
    }

    private static PruningMask search(double[][] importance, double spend) {
        return searcher(importance).search(Budget.macs(spend / TOTAL));
    }

    private static double cost(PruningMask mask) {
        return 10 * mask.countKept(SublayerKind.ATTENTION) + 2 * mask.countKept(SublayerKind.FFN);
    }

    private static void assertKept(PruningMask mask, int[][] units) {
        for (int s = 0; s < units.length; s++) {
            assertThat(mask.keptUnits(s)).containsExactly(units[s]);
        }
    }
}
