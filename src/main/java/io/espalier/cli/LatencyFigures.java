package io.espalier.cli;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code bench latency} measured of whole models.
 *
 * @param machine in words
 * @param threads of each engine
 * @param engines versions by name
 * @param rounds times that each median is of
 * @param dense the model that the others are compared with
 * @param cells every engine, workload and model; the dense model first in each
 * @param parts where time goes, in ONNX Runtime; null if it was not measured
 */
record LatencyFigures(
        String machine,
        int threads,
        Map<String, String> engines,
        int rounds,
        String dense,
        List<Cell> cells,
        @Nullable Parts parts) {

    /** Copies the list. */
    LatencyFigures {
        cells = List.copyOf(cells);
    }

    /**
     * One model on one workload.
     *
     * @param milliseconds median of a call
     * @param lowerQuartile of the same
     * @param upperQuartile of the same
     * @param macsShare multiply-accumulates of its units, relative to the dense model's
     * @param speedup of this model over the dense one, the median over the rounds
     * @param ofIdeal the speed-up in terms of what the MACs promise, 1 / share
     */
    record Cell(
            String engine,
            int batch,
            int length,
            String model,
            double denseMilliseconds,
            double milliseconds,
            double lowerQuartile,
            double upperQuartile,
            double macsShare,
            double speedup,
            double ofIdeal) {}

    /**
     * Where time goes on one workload.
     *
     * @param rows of all models, the dense one excepted
     */
    record Parts(int batch, int length, List<PartRow> rows) {

        /** Copies the list. */
        Parts {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One part of one model.
     *
     * @param beyondIdeal milliseconds over the dense model's times the MACs' share
     */
    record PartRow(
            String model,
            String part,
            double denseMilliseconds,
            double milliseconds,
            double beyondIdeal) {}

    /** What a model's own record has: its rows alone. */
    LatencyFigures of(String model) {
        return new LatencyFigures(
                machine,
                threads,
                engines,
                rounds,
                dense,
                cells.stream().filter(cell -> cell.model.equals(model)).toList(),
                parts == null
                        ? null
                        : new Parts(
                                parts.batch,
                                parts.length,
                                parts.rows.stream()
                                        .filter(row -> row.model.equals(model))
                                        .toList()));
    }

    /** Lines above the tables: what the figures depend on. */
    String head() {
        List<String> versions = new ArrayList<>();
        engines.forEach((name, version) -> versions.add(name + " " + version));
        return "%s; threads: %d; %s; medians of %d calls, quartiles in brackets"
                .formatted(machine, threads, String.join(", ", versions), rounds);
    }

    /** One row for each cell. */
    TextTable table() {
        TextTable table =
                new TextTable(
                        "engine",
                        "batch",
                        "length",
                        "model",
                        "ms",
                        "",
                        "MACs",
                        "speed-up",
                        "of ideal");
        for (Cell cell : cells) {
            table.row(
                    cell.engine,
                    Integer.toString(cell.batch),
                    Integer.toString(cell.length),
                    cell.model,
                    format("%.2f", cell.milliseconds),
                    format("[%.2f, %.2f]", cell.lowerQuartile, cell.upperQuartile),
                    format("%.1f %%", 100 * cell.macsShare),
                    format("%.2f", cell.speedup),
                    format("%.2f", cell.ofIdeal));
        }
        return table;
    }

    /** One row for each part of each pruned model. */
    static TextTable table(Parts parts) {
        TextTable table = new TextTable("model", "part", "dense ms", "ms", "beyond ideal, ms");
        for (PartRow row : parts.rows) {
            table.row(
                    row.model,
                    row.part,
                    format("%.2f", row.denseMilliseconds),
                    format("%.2f", row.milliseconds),
                    format("%+.2f", row.beyondIdeal));
        }
        return table;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
