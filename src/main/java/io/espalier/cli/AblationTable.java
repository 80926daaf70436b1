package io.espalier.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The table of a comparison, for the terminal and the page: the dense model, then a row for each
 * profile, budget and step.
 *
 * @param titles of the columns
 * @param rows a cell for each column
 */
record AblationTable(List<String> titles, List<List<String>> rows) {

    /** Copies the lists. */
    AblationTable {
        titles = List.copyOf(titles);
        rows = List.copyOf(rows);
    }

    /** The table of what was found. */
    static AblationTable of(Ablation ablation) {
        boolean estimated =
                ablation.cells().stream().anyMatch(cell -> cell.estimatedError() != null);
        List<List<String>> rows = new ArrayList<>();
        rows.add(dense(ablation.dense(), estimated));
        AblationRow.of(ablation.cells()).forEach(row -> rows.add(row(row, estimated)));
        return new AblationTable(titles(ablation.dense(), estimated), rows);
    }

    private static List<String> titles(TestedQuality dense, boolean estimated) {
        List<String> titles = new ArrayList<>(List.of("profile", "budget", "step", "accuracy %"));
        if (dense.files().size() > 1) {
            dense.files().forEach(file -> titles.add(file.file()));
        }
        titles.addAll(List.of("agreement %", "KL, nats", "kept", "heads", "neurons", "predicted"));
        if (estimated) {
            titles.add("estimated");
        }
        titles.add("seconds");
        return titles;
    }

    private static List<String> dense(TestedQuality dense, boolean estimated) {
        List<String> row = new ArrayList<>(List.of("dense", "-", "-", percent(dense.accuracy())));
        if (dense.files().size() > 1) {
            dense.files().forEach(file -> row.add(percent(file.accuracy())));
        }
        row.addAll(List.of(percent(dense.agreement()), "0.0000", "1.000", "-", "-", "-"));
        if (estimated) {
            row.add("-");
        }
        row.add("-");
        return row;
    }

    private static List<String> row(AblationRow row, boolean estimated) {
        List<String> texts = new ArrayList<>(List.of(row.profile(), row.budget(), row.step()));
        texts.add(row.text(2, Ablation.Cell::percent));
        int files = row.cells().get(0).quality().files().size();
        for (int f = 0; f < files && files > 1; f++) {
            int file = f;
            texts.add(row.text(2, cell -> 100 * cell.quality().files().get(file).accuracy()));
        }
        texts.add(row.text(2, cell -> 100 * cell.quality().agreement()));
        texts.add(row.text(4, cell -> cell.quality().divergence()));
        texts.add(mean("%.3f", row.mean(Ablation.Cell::share)));
        texts.add(mean("%.0f", row.mean(Ablation.Cell::heads)));
        texts.add(mean("%.0f", row.mean(Ablation.Cell::neurons)));
        texts.add(mean("%.4f", row.mean(Ablation.Cell::predictedError)));
        if (estimated) {
            boolean all = row.cells().stream().allMatch(cell -> cell.estimatedError() != null);
            texts.add(
                    all
                            ? mean(
                                    "%.4f",
                                    row.mean(cell -> Objects.requireNonNull(cell.estimatedError())))
                            : "-");
        }
        texts.add(mean("%.1f", row.mean(Ablation.Cell::seconds)));
        return texts;
    }

    private static String percent(double share) {
        return mean("%.2f", 100 * share);
    }

    private static String mean(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }

    /** Prints it. */
    void print(PrintWriter out) {
        TextTable table = new TextTable(titles.toArray(String[]::new));
        rows.forEach(row -> table.row(row.toArray(String[]::new)));
        table.print(out);
    }
}
