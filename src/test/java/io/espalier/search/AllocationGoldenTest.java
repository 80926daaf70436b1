package io.espalier.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.LatencyTable;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Latency budgets of the golden tiny BERT under its two tables, the second of which is noisy: times
 * fall where units are added.
 *
 * <p>The figures were made from the stored importance by an implementation of its own.
 */
class AllocationGoldenTest {

    /** Half of the table's last digit, and float32 input. */
    private static final double TABLE_TOLERANCE = 6e-6;

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();

    @ParameterizedTest
    @CsvSource({
        "0, .9, '4,4,4', '95,90,55', .99939",
        "0, .7, '4,4,4', '70,51,24', .98916",
        "0, .6, '4,4,4', '53,30,15', .96690",
        "0, .5, '4,4,2', '42,18,11', .92778",
        "0, .4, '4,3,2', '34,11,0', .84381",
        "0, .3, '4,3,1', '20,0,0', .72215",
        "0, .2, '3,2,0', '12,0,0', .54488",
        "1, .9, '4,4,4', '95,90,55', .99939",
        "1, .7, '4,4,4', '70,48,23', .98803",
        "1, .6, '4,4,3', '53,30,20', .96327",
        "1, .5, '4,3,2', '33,20,20', .90419",
        "1, .4, '4,4,2', '41,0,0', .82229",
        "1, .3, '4,3,0', '36,0,0', .70986",
        "1, .2, '4,0,0', '30,0,0', .49916"
    })
    void theExactSearchGivesTheTable(
            int table, double share, String heads, String neurons, double captured)
            throws IOException {
        LatencyTable latency = latency(table);
        List<ErrorCurve> curves =
                Arrays.stream(GoldenMasks.importance()).map(ErrorCurve::ofImportance).toList();
        Allocation.Result found =
                new Allocation(SUBLAYERS, curves, latency)
                        .allocate(new Budget(CostMetric.LATENCY, share));
        assertThat(kept(found.mask(), 0)).isEqualTo(heads);
        assertThat(kept(found.mask(), 1)).isEqualTo(neurons);
        double all = curves.stream().mapToDouble(curve -> curve.errors()[curve.kept(0)]).sum();
        assertThat(1 - found.error() / all).isCloseTo(captured, within(TABLE_TOLERANCE));
        assertThat(found.share()).isEqualTo(latency.share(found.mask()));
        assertThat(found.share()).isLessThanOrEqualTo(share * (1 + MaskSearch.RELATIVE_ROUNDING));
    }

    /** Kept units of every other sublayer, from an index. */
    private static String kept(PruningMask mask, int parity) {
        return String.join(
                ",",
                IntStream.range(0, TinyBert.LAYERS)
                        .mapToObj(l -> Integer.toString(mask.keptUnits(2 * l + parity).length))
                        .toList());
    }

    private static LatencyTable latency(int table) throws IOException {
        JsonNode stored =
                new ObjectMapper()
                        .readTree(TinyBert.goldenManifest().toFile())
                        .path("latency")
                        .path(table);
        return new LatencyTable(list(stored.path("mha_lut")), list(stored.path("ffn_lut")));
    }

    private static List<Double> list(JsonNode values) {
        List<Double> list = new ArrayList<>();
        values.forEach(value -> list.add(value.asDouble()));
        return list;
    }
}
