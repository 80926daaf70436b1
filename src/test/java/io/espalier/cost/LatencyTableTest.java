package io.espalier.cost;

import io.espalier.cost.LatencyTables.Entry;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tables of times, one of which falls where a neuron is added, and files that hold one. */
class LatencyTableTest extends CostModelContract {

    private static final List<Double> ATTENTION = List.of(1.0, 1.5, 1.75);
    private static final List<Double> FFN = List.of(1.0, 1.25, 1.125, 2.0, 2.5);

    private final Path file;

    LatencyTableTest(@TempDir Path directory) {
        this.file = directory.resolve("latency.json");
    }

    @Override
    CostModel model() {
        return new LatencyTable(ATTENTION, FFN);
    }

    @Test
    void anEntryIsTheTimeOfThatManyUnits() {
        assertThat(model().cost(SUBLAYERS.get(0), 1)).isEqualTo(1.0);
        assertThat(model().cost(SUBLAYERS.get(2), 3)).isEqualTo(1.75);
        assertThat(model().cost(SUBLAYERS.get(1), 3)).isEqualTo(1.125);
        assertThat(model().total(SUBLAYERS)).isEqualTo(2 * (1.75 + 2.5));
    }

    @Test
    void copiesItsLists() {
        List<Double> mutable = new ArrayList<>(ATTENTION);
        LatencyTable table = new LatencyTable(mutable, FFN);
        mutable.set(0, 9.0);
        assertThat(table.attention()).isEqualTo(ATTENTION);
    }

    @Test
    void readsAFileAndLeavesOtherFieldsAlone() throws IOException {
        Files.writeString(
                file,
                "{\"unit\": \"ms\", \"attention\": [1, 1.5, 1.75],"
                        + " \"ffn\": [1.0, 1.25, 1.125, 2, 2.5]}");
        LatencyTables tables = LatencyTableFile.read(file, SUBLAYERS);
        assertThat(tables.entries()).containsExactly(new Entry(null, table(0)));
        assertThat(tables.of(null)).isEqualTo(model());
    }

    @Test
    void aTableOfTheFirstFormatBearsItsWorkloadsNameIfItHasOne() throws IOException {
        Files.writeString(
                file,
                "{\"batch\": 2, \"length\": 16, \"attention\": [1, 1.5, 1.75],"
                        + " \"ffn\": [1.0, 1.25, 1.125, 2, 2.5]}");
        LatencyTables tables = LatencyTableFile.read(file, SUBLAYERS);
        assertThat(tables.of(null)).isEqualTo(model());
        assertThat(tables.of(new Workload(2, 16))).isEqualTo(model());
    }

    @Test
    void readsSeveralWorkloads() throws IOException {
        Files.writeString(
                file,
                """
                {"format": 2, "machine": "any", "workloads": [
                  {"batch": 1, "length": 16, "attention": [1, 1.5, 1.75],
                   "ffn": [1.0, 1.25, 1.125, 2, 2.5]},
                  {"batch": 8, "length": 64, "attention": [2, 2.5, 2.75],
                   "ffn": [2.0, 2.25, 2.125, 3, 3.5]}
                ]}
                """);
        LatencyTables tables = LatencyTableFile.read(file, SUBLAYERS);
        assertThat(tables.of(new Workload(1, 16))).isEqualTo(model());
        assertThat(tables.of(new Workload(8, 64))).isEqualTo(table(1));
        assertThatThrownBy(() -> tables.of(null))
                .hasMessage(
                        "the latency table has several workloads: say which one counts, like"
                                + " latency=0.5@b1s16; it has b1s16, b8s64");
        assertThatThrownBy(() -> tables.of(new Workload(8, 16)))
                .hasMessage(
                        "the latency table has no workload b8s16; it has b1s16, b8s64, and"
                                + " 'espalier bench latency --table' measures others");
    }

    @Test
    void theLastLayerMayHaveTimesOfItsOwn() throws IOException {
        String text =
                """
                {"attention": [1, 1.5, 1.75], "ffn": [1.0, 1.25, 1.125, 2, 2.5],
                 "last": {"attention": [0.25, 0.5, 0.75], "ffn": [0.1, 0.2, 0.3, 0.4, 0.5]}}
                """;
        Files.writeString(file, text);
        LatencyTable table = LatencyTableFile.read(file, SUBLAYERS).of(null);
        assertThat(table.cost(SUBLAYERS.get(0), 2)).isEqualTo(1.5);
        assertThat(table.cost(SUBLAYERS.get(1), 3)).isEqualTo(1.125);
        assertThat(table.cost(SUBLAYERS.get(2), 2)).isEqualTo(0.5);
        assertThat(table.cost(SUBLAYERS.get(3), 3)).isEqualTo(0.3);
        assertThat(table.cost(SUBLAYERS.get(3), 0)).isZero();
        Files.writeString(file, text.replace("[0.25, 0.5, 0.75]", "[0.25, 0.5]"));
        assertThatThrownBy(() -> LatencyTableFile.read(file, SUBLAYERS))
                .hasMessageContaining("'attention' has 2 entries, sublayer '1/att' has 3 units");
    }

    @Test
    void aWorkloadStandsOnce() {
        Entry one = new Entry(new Workload(1, 16), table(0));
        Entry two = new Entry(new Workload(1, 32), table(0));
        assertThat(new LatencyTables(List.of(one, two)).entries()).hasSize(2);
        assertThatThrownBy(() -> new LatencyTables(List.of(one, one)))
                .hasMessage("a workload stands twice among b1s16, b1s16");
        assertThatThrownBy(() -> new LatencyTables(List.of()))
                .hasMessage("'workloads' has 0 entries; it needs one");
    }

    private static LatencyTable table(double more) {
        return new LatencyTable(
                ATTENTION.stream().map(ms -> ms + more).toList(),
                FFN.stream().map(ms -> ms + more).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"attention\": [1, 2, 3]} | 'ffn' is no list; a table is",
                "{\"attention\": 3, \"ffn\": [1, 2, 3, 4, 5]} | 'attention' is no list",
                "{\"attention\": [1, \"2\", 3], \"ffn\": [1, 2, 3, 4, 5]}"
                        + " | 'attention' entry 2 is STRING; it must be a number",
                "{\"attention\": [1, 2, 3], \"ffn\": [1, 2, 0, 4, 5]}"
                        + " | 'ffn' entry 3 is 0.0; milliseconds are above 0",
                "{\"attention\": [1, 2, 3], \"ffn\": [1, 2, 1e999, 4, 5]}"
                        + " | 'ffn' entry 3 is Infinity; milliseconds are above 0",
                "{\"attention\": [1, 2, 3], \"ffn\": []} | 'ffn' has 0 entries",
                "{\"attention\": [1, 2], \"ffn\": [1, 2, 3, 4, 5]}"
                        + " | 'attention' has 2 entries, sublayer '0/att' has 3 units",
                "{\"attention\": [1, 2, 3], \"ffn\": [1, 2, 3, 4, 5, 6]}"
                        + " | 'ffn' has 6 entries, sublayer '0/ffn' has 5 units; measure this model",
                "attention | not JSON:",
            })
    void namesTheFileAndWhatIsWrongWithIt(String text, String message) throws IOException {
        Files.writeString(file, text);
        assertThatThrownBy(() -> LatencyTableFile.read(file, SUBLAYERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ": " + message.replace("''", "'"));
    }

    @Test
    void aFileThatIsNotThereIsNotATable() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> LatencyTableFile.read(file, SUBLAYERS));
    }

    @Test
    void aLatencyBudgetNeedsATable() {
        LatencyTable table = new LatencyTable(ATTENTION, FFN);
        CostModels costs = new CostModels(12, new LatencyTables(List.of(new Entry(null, table))));
        Counted latency = Budget.parse("latency=0.5").counted();
        assertThat(costs.of(latency, 1, 1)).isSameAs(table);
        costs.requireAll(Budget.parseAll(List.of("latency=0.5", "macs=0.5")));
        assertThatThrownBy(() -> costs.requireAll(Budget.parseAll(List.of("latency=0.5@b8s64"))))
                .hasMessageStartingWith(
                        "budget 'latency=0.5@b8s64': the latency table has no workload b8s64");
        assertThatThrownBy(() -> CostModels.counted(12).of(latency, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a latency budget needs a latency table, and there is none");
        assertThat(CostModels.counted(12).of(new Counted(CostMetric.PARAMS, null), 1, 1))
                .isEqualTo(new ParameterCost(12));
        assertThat(CostModels.counted(12).of(Counted.MACS, 3, 10))
                .isEqualTo(new MacCost(12, 3, 10));
    }

    @Test
    void encodersOfAnotherShapeAreRefused() {
        new LatencyTable(ATTENTION, FFN).requireShapeOf(Encoders.of(7, 3, 1, 5));
        assertThatThrownBy(
                        () ->
                                new LatencyTable(ATTENTION, FFN)
                                        .requireShapeOf(Encoders.of(7, 4, 1, 5)))
                .hasMessageContaining("'attention' has 3 entries")
                .hasMessageContaining("has 4 units");
    }
}
