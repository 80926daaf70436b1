package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.Loss;
import io.espalier.demo.DemoRun;
import io.espalier.demo.FinalComparison;
import io.espalier.drift.HeldOutQuality;
import io.espalier.wire.DriftReport;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.Quality;
import io.espalier.wire.UpdateKind;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the demo prints beside its progress bars.
 *
 * @param windows that are fed
 * @param loss whose gradients decide in the job
 */
record DemoOutput(PrintWriter out, int windows, Loss loss) {

    /** Prints a report's line as soon as it is there. */
    void line(DriftReport report) {
        // Ends the progress bar's line, which shares the terminal.
        String clear = Boolean.getBoolean("espalier.terminal") ? "\r\033[K" : "";
        if (report.getVersion() == null) {
            out.printf(
                    "%swindow %d/%d  %s  no decision: %s%n",
                    clear, DemoRun.window(report), windows, report.getBudget(), report.getReason());
        } else {
            out.printf(
                    Locale.ROOT,
                    "%swindow %d/%d  %s  %d samples  %s, %s  drift: heads %s neurons %s  kept: %d/%d heads"
                            + " %d/%d neurons %.1f %% of cost  accuracy: dense %s first %s now %s%n",
                    clear,
                    DemoRun.window(report),
                    windows,
                    report.getBudget(),
                    report.getSamples(),
                    report.getUpdate() == UpdateKind.RE_TUNE ? "re-tuned" : "re-masked",
                    report.getOutcome().name().toLowerCase(Locale.ROOT),
                    number(report.getHeads().getDistance()),
                    number(report.getNeurons().getDistance()),
                    report.getHeads().getKept(),
                    report.getHeads().getUnits(),
                    report.getNeurons().getKept(),
                    report.getNeurons().getUnits(),
                    100 * report.getCostAchieved(),
                    accuracy(report.getDense()),
                    accuracy(report.getFirst()),
                    accuracy(report.getPruned()));
        }
        out.flush();
    }

    /** Prints the table of all windows. */
    void windows(List<DriftReport> reports) {
        TextTable table =
                new TextTable(
                        "budget",
                        "window",
                        "held out",
                        "heads moved",
                        "neurons moved",
                        "dense",
                        "first",
                        "now",
                        "KL first",
                        "KL now");
        for (DriftReport report : reports) {
            if (report.getVersion() != null) {
                table.row(
                        report.getBudget(),
                        Integer.toString(DemoRun.window(report)),
                        Long.toString(report.getHeldOutSamples()),
                        number(report.getHeads().getJaccardFirst()),
                        number(report.getNeurons().getJaccardFirst()),
                        accuracy(report.getDense()),
                        accuracy(report.getFirst()),
                        accuracy(report.getPruned()),
                        divergence(report.getFirst()),
                        divergence(report.getPruned()));
            }
        }
        out.println();
        out.println(
                "Every window, judged on its own held-out glosses: accuracy of the dense model, of"
                        + " the first window's");
        out.println("model, frozen ('first'), and of the window's own ('now'):");
        table.print(out);
        out.println("'moved' is the Jaccard distance of the kept units to the first mask's.");
    }

    /** Verifies and names every published model. */
    void models(List<PrunedModelAnnouncement> announced, ArtifactStore store, Path root)
            throws IOException {
        out.println();
        out.println(
                announced.size()
                        + " pruned models, verified; open report.html of one in a browser:");
        for (PrunedModelAnnouncement model : announced) {
            store.verify(model.getModel(), model.getVersion());
            out.println("  " + root.resolve(model.getLocation()));
        }
        out.flush();
    }

    /** Says what is about to take time. */
    void announceReference() {
        out.println();
        out.println(
                "Now the published method prunes for the last window, for comparison; that can"
                        + " take a minute (--no-reference skips it).");
        out.flush();
    }

    /** Prints the table of the drift's end. */
    void comparison(FinalComparison comparison) {
        out.println();
        if (!comparison.rows().isEmpty()) {
            out.println(
                    "The end of the drift, judged on the "
                            + comparison.heldOut()
                            + " held-out glosses of the last window:");
            TextTable table =
                    new TextTable("budget", "model", "accuracy", "agreement", "KL", "kept");
            for (FinalComparison.Row row : comparison.rows()) {
                HeldOutQuality quality = row.quality();
                table.row(
                        row.budget().toString(),
                        row.role().label(),
                        QualityCells.accuracy(quality, 1),
                        QualityCells.agreement(quality, 1),
                        QualityCells.divergence(quality, 3),
                        QualityCells.percent(row.share(), 1));
            }
            table.print(out);
            if (comparison.rows().stream()
                    .anyMatch(row -> row.role() == FinalComparison.Role.REFERENCE)) {
                out.println(
                        "'reference profile' is the published method (Kwon et al., 2022) on the "
                                + comparison.scored()
                                + " glosses of the last window that the job scored,");
                out.println(
                        loss == Loss.SUPERVISED
                                ? "with their labels, as the other masks were found."
                                : "with their labels; the other masks were found without any.");
            }
            out.println(
                    "'agreement' and 'KL' are with and to the dense model; 'kept' is the share of"
                            + " what the budget counts.");
        }
        comparison.remarks().forEach(out::println);
        out.flush();
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String accuracy(@Nullable Quality quality) {
        return QualityCells.accuracy(QualityCells.of(quality), 1);
    }

    private static String divergence(@Nullable Quality quality) {
        return QualityCells.divergence(QualityCells.of(quality), 3);
    }
}
