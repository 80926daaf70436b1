package io.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench latency} measured; as JSON a latency table with its circumstances.
 *
 * @param model directory of the dense model
 * @param batch sequences that were run together
 * @param length tokens of each
 * @param rounds times that each median is of
 * @param measuredHeads numbers of heads that were timed
 * @param measuredNeurons numbers of neurons that were timed
 * @param attention median milliseconds for 1, 2, ... heads
 * @param ffn median milliseconds for 1, 2, ... neurons, linear between the measured ones
 */
record LatencyReport(
        String model,
        int batch,
        int length,
        int rounds,
        List<Integer> measuredHeads,
        List<Integer> measuredNeurons,
        List<Double> attention,
        List<Double> ffn) {

    /** Times for every number of units from 1 to the last width, linear between measured ones. */
    static List<Double> interpolated(List<Integer> widths, List<Double> times) {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < widths.size(); i++) {
            int from = i == 0 ? 0 : widths.get(i - 1);
            double before = i == 0 ? times.get(0) : times.get(i - 1);
            for (int units = from + 1; units <= widths.get(i); units++) {
                double share = (double) (units - from) / (widths.get(i) - from);
                all.add(before + share * (times.get(i) - before));
            }
        }
        return all;
    }

    /** One row for each measured width. */
    TextTable table() {
        TextTable table = new TextTable("sublayer", "units", "ms", "of dense");
        rows(table, "attention", measuredHeads, attention);
        rows(table, "ffn", measuredNeurons, ffn);
        return table;
    }

    private static void rows(
            TextTable table, String name, List<Integer> widths, List<Double> times) {
        double dense = times.get(times.size() - 1);
        for (int width : widths) {
            double time = times.get(width - 1);
            table.row(
                    name,
                    Integer.toString(width),
                    String.format(Locale.ROOT, "%.3f", time),
                    String.format(Locale.ROOT, "%.2f", time / dense));
        }
    }
}
