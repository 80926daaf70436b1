package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.cost.LatencyTable;
import io.espalier.cost.ParameterCost;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Allocations between one attention of 2 heads and one FFN of 4 neurons. */
class AllocationTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 2, 1, 4);

    /** Every head costs 2, every neuron 1; 8 in all. */
    private static final CostModel COST =
            (sublayer, kept) -> sublayer.units() == 2 ? 2.0 * kept : kept;

    private static final ErrorCurve HEADS = ErrorCurve.ofImportance(new double[] {3, 9});
    private static final ErrorCurve NEURONS = ErrorCurve.ofImportance(new double[] {2, 4, 1, 4});

    private static Allocation.Result allocate(CostModel cost, double share) {
        return new Allocation(SUBLAYERS, List.of(HEADS, NEURONS), cost)
                .allocate(Budget.macs(share));
    }

    @Test
    void theCheapestErrorGoesFirst() {
        // Of 8, 4 are left: a head at 9 and two neurons at 4 each.
        Allocation.Result half = allocate(COST, 0.5);
        assertThat(half.mask().values(0)).containsExactly(0, 1);
        assertThat(half.mask().values(1)).containsExactly(0, 1, 0, 1);
        assertThat(half.error()).isEqualTo(3 + 2 + 1);
        assertThat(half.share()).isEqualTo(0.5);
    }

    @Test
    void everythingIsKeptForAllOfTheCost() {
        Allocation.Result all = allocate(COST, 1);
        assertThat(all.error()).isZero();
        assertThat(all.share()).isEqualTo(1);
    }

    @Test
    void everythingGoesWhereNothingFits() {
        Allocation.Result nothing = allocate(COST, 0.12);
        assertThat(nothing.error()).isEqualTo(12 + 11);
        assertThat(nothing.share()).isZero();
        assertThat(allocate(COST, 0.125).mask().values(1)).containsExactly(0, 1, 0, 0);
    }

    @Test
    void aSublayerIsDroppedWhereItsFirstUnitIsTheDearOne() {
        LatencyTable table = new LatencyTable(List.of(6.0, 6.0), List.of(1.0, 2.0, 3.0, 4.0));
        Allocation.Result dropped = allocate(table, 0.5);
        assertThat(dropped.mask().values(0)).containsExactly(0, 0);
        assertThat(dropped.mask().values(1)).containsExactly(1, 1, 1, 1);
        Allocation.Result kept = allocate(table, 0.6);
        assertThat(kept.mask().values(0)).containsExactly(1, 1);
        assertThat(kept.mask().values(1)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void unitsThatSaveTimeAreKept() {
        // Three neurons take less time than one or two.
        LatencyTable table = new LatencyTable(List.of(1.0, 2.0), List.of(3.0, 3.0, 2.0, 4.0));
        assertThat(allocate(table, 0.5).mask().values(1)).containsExactly(1, 1, 0, 1);
    }

    @Test
    void ofEqualErrorsTheSmallerCostIsTaken() {
        ErrorCurve idle = new ErrorCurve(new int[] {1, 0}, new int[] {0, 1, 2}, new double[3]);
        Allocation.Result found =
                new Allocation(SUBLAYERS, List.of(idle, NEURONS), COST).allocate(Budget.macs(1));
        assertThat(found.mask().values(0)).containsExactly(0, 0);
        assertThat(found.mask().values(1)).containsExactly(1, 1, 1, 1);
    }

    @Test
    void curvesThatTellNothingApartAreRefused() {
        ErrorCurve heads = new ErrorCurve(new int[] {1, 0}, new int[] {0, 1, 2}, new double[3]);
        ErrorCurve neurons = ErrorCurve.ofImportance(new double[4]);
        assertThatThrownBy(() -> new Allocation(SUBLAYERS, List.of(heads, neurons), COST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("every error is 0: nothing tells the units of the 2 sublayers apart");
    }

    @Test
    void curvesOfAnotherShapeAreRefused() {
        assertThatThrownBy(() -> new Allocation(SUBLAYERS, List.of(NEURONS, HEADS), COST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("curve of 4 units for '0/att', which has 2");
        assertThatThrownBy(() -> new Allocation(SUBLAYERS, List.of(HEADS), COST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 curves for 2 sublayers");
    }

    @Test
    void costsThatAreNoneAreRefused() {
        CostModel negative = (sublayer, kept) -> kept == 1 ? -1 : kept;
        assertThatThrownBy(() -> allocate(negative, 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'0/att' with 1 units costs -1.0; costs are finite");
        CostModel standing = (sublayer, kept) -> 1 + kept;
        assertThatThrownBy(() -> allocate(standing, 0.5))
                .hasMessageStartingWith("'0/att' with 0 units costs 1.0; costs are finite");
    }

    @Test
    void theDiagonalSearchMeetsEveryMetric() {
        double[][] importance = {{3, 9}, {2, 4, 1, 4}};
        DiagonalSearch search =
                new DiagonalSearch(SUBLAYERS, importance, counted -> new ParameterCost(1));
        // A head has 7 parameters, a neuron 3; 26 in all.
        assertThat(search.search(Budget.parse("params=0.5")).values(0)).containsExactly(0, 1);
        assertThat(search.search(Budget.parse("params=0.5")).values(1)).containsExactly(0, 1, 0, 1);
    }
}
