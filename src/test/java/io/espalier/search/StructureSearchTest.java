package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.LatencyTable;
import io.espalier.cost.MacCost;
import io.espalier.cost.Workload;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Widths are rounded among the options of the search, and each workload has a table of its own. */
class StructureSearchTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(3, 4, 8, 100);
    private static final MacCost MACS = MacCost.ofLength(32, 16);

    private static List<ErrorCurve> curves() {
        Random random = new Random(5);
        List<ErrorCurve> curves = new ArrayList<>();
        for (Sublayer sublayer : SUBLAYERS) {
            double[] importance =
                    random.doubles(sublayer.units()).map(x -> sublayer.unitWidth() * x).toArray();
            curves.add(ErrorCurve.ofImportance(importance));
        }
        return curves;
    }

    @Test
    void neuronsAreMultiplesOrAllAndHeadsAreFree() {
        Budget budget = Budget.macs(0.6);
        var free = new StructureSearch(SUBLAYERS, curves(), counted -> MACS).search(budget);
        List<ErrorCurve> rounded = StructureSearch.rounded(SUBLAYERS, curves(), 16);
        var found = new StructureSearch(SUBLAYERS, rounded, counted -> MACS).search(budget);
        int odd = 0;
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            if (SUBLAYERS.get(s).kind() == SublayerKind.FFN) {
                int kept = found.mask().keptUnits(s).length;
                assertThat(kept == 100 || kept % 16 == 0).as("%d neurons", kept).isTrue();
                odd += free.mask().keptUnits(s).length % 16 == 0 ? 0 : 1;
            }
        }
        assertThat(odd).isPositive();
        assertThat(found.share()).isLessThanOrEqualTo(0.6);
        assertThat(found.error()).isGreaterThanOrEqualTo(free.error());
        assertThat(StructureSearch.rounded(SUBLAYERS, rounded, 0)).isEqualTo(rounded);
    }

    @Test
    void eachWorkloadIsSearchedUnderItsOwnTimes() {
        LatencyTable headsAreDear = new LatencyTable(times(4, 10), times(100, 0.01));
        LatencyTable neuronsAreDear = new LatencyTable(times(4, 0.01), times(100, 10));
        Workload small = new Workload(1, 16);
        StructureSearch search =
                new StructureSearch(
                        SUBLAYERS,
                        curves(),
                        counted ->
                                small.equals(counted.workload()) ? headsAreDear : neuronsAreDear);
        assertThat(units(search, "latency=0.5@b1s16", SublayerKind.FFN)).isEqualTo(300);
        assertThat(units(search, "latency=0.5@b8s64", SublayerKind.ATTENTION)).isEqualTo(12);
    }

    private static int units(StructureSearch search, String budget, SublayerKind kind) {
        var mask = search.search(Budget.parse(budget)).mask();
        return IntStream.range(0, SUBLAYERS.size())
                .filter(s -> SUBLAYERS.get(s).kind() == kind)
                .map(s -> mask.keptUnits(s).length)
                .sum();
    }

    private static List<Double> times(int units, double each) {
        List<Double> times = new ArrayList<>(Collections.nCopies(units, each));
        for (int i = 0; i < units; i++) {
            times.set(i, each * (i + 1));
        }
        return times;
    }
}
