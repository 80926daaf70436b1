package io.espalier.cli;

import org.apache.commons.math3.stat.StatUtils;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The cells of one line of the table, which differ in their seeds alone.
 *
 * @param profile that decided
 * @param step or response
 * @param budget that they were made for
 * @param cells at least one
 */
record AblationRow(String profile, String step, String budget, List<Ablation.Cell> cells) {

    /** Copies the list. */
    AblationRow {
        cells = List.copyOf(cells);
    }

    private record Key(String profile, String step, String budget) {}

    /** The rows of cells: by profile, then by budget, each in order of first appearance. */
    static List<AblationRow> of(List<Ablation.Cell> cells) {
        Map<Key, List<Ablation.Cell>> groups = new LinkedHashMap<>();
        for (Ablation.Cell cell : cells) {
            Key key = new Key(cell.profile(), cell.step(), cell.budget());
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
        }
        List<AblationRow> rows = new ArrayList<>();
        groups.forEach(
                (key, own) -> rows.add(new AblationRow(key.profile, key.step, key.budget, own)));
        return rows;
    }

    /** The mean of a figure over the seeds. */
    double mean(ToDoubleFunction<Ablation.Cell> figure) {
        return StatUtils.mean(cells.stream().mapToDouble(figure).toArray());
    }

    /** The standard deviation of a figure over the seeds; 0 for one. */
    double deviation(ToDoubleFunction<Ablation.Cell> figure) {
        return Math.sqrt(StatUtils.variance(cells.stream().mapToDouble(figure).toArray()));
    }

    /** The mean, with the standard deviation if there are several seeds. */
    String text(int decimals, ToDoubleFunction<Ablation.Cell> figure) {
        String mean = String.format(Locale.ROOT, "%." + decimals + "f", mean(figure));
        return cells.size() < 2
                ? mean
                : mean + String.format(Locale.ROOT, " ± %." + decimals + "f", deviation(figure));
    }
}
