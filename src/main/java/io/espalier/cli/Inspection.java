package io.espalier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.RunFile;
import io.espalier.report.PruningReport;
import io.espalier.report.PruningReport.Change;
import io.espalier.report.PruningReport.Format;
import io.espalier.report.PruningReport.Qualities;
import io.espalier.report.PruningReport.Quality;
import io.espalier.report.ReportPage;
import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;

/** What {@code inspect} prints of a version. */
final class Inspection {

    private static final String UNKNOWN = "-";

    private final PublishedVersion version;
    private final Manifest manifest;
    private final PrintWriter out;

    Inspection(PublishedVersion version, PrintWriter out) {
        this.version = version;
        this.manifest = version.manifest();
        this.out = out;
    }

    /** Prints everything, the picture in its place. */
    void print(String picture) {
        PruningReport report = version.report();
        out.printf(
                Locale.ROOT,
                "%s: verified, %d files, %.1f MB%n",
                version.name(),
                manifest.files().size() + 1,
                version.bytes() / 1e6);
        out.println(
                report == null
                        ? PruningReport.FILE
                                + " is not there: sizes, qualities and reasons are not known"
                        : ReportPage.headline(report));
        out.println();
        out.print(picture.replace("\n", System.lineSeparator()));
        out.println();
        facts(report);
        if (report != null) {
            out.println();
            totals(report);
            qualities(report);
        }
        out.println();
        formats(report);
        latency();
        out.flush();
    }

    private void facts(@Nullable PruningReport report) {
        fact(
                "budget",
                "%s: %s kept of %s allowed"
                        .formatted(
                                PlainText.of(manifest.budget().spec()),
                                QualityCells.percent(manifest.budget().achieved(), 2),
                                QualityCells.percent(manifest.budget().target(), 2)));
        fact(
                "window",
                "%s, %,d samples%s"
                        .formatted(
                                dates(manifest.window()),
                                manifest.samples(),
                                report == null
                                        ? ""
                                        : ", %,d held out"
                                                .formatted(report.window().heldOutSamples())));
        if (report != null) {
            fact("outcome", report.decision().outcome().label());
            fact("reason", PlainText.of(report.decision().reason()));
        }
        fact("parent", PlainText.of(manifest.parent()));
        fact(
                "made by",
                PlainText.of(manifest.tool())
                        + ", profile "
                        + PlainText.of(manifest.profile())
                        + ", loss "
                        + PlainText.of(manifest.loss()));
    }

    /** Samples of a file have no dates; their event time starts with the epoch. */
    private static String dates(Manifest.Window window) {
        return window.start() == 0
                ? "not dated"
                : Instant.ofEpochMilli(window.start())
                        + " to "
                        + Instant.ofEpochMilli(window.end());
    }

    private void fact(String name, String value) {
        out.printf(Locale.ROOT, "%-9s%s%n", name, value);
    }

    private void totals(PruningReport report) {
        TextTable table = new TextTable("", "dense", "pruned", "kept");
        row(table, "MACs a sample", report.totals().macs());
        row(table, "parameters", report.totals().parameters());
        row(table, "bytes of weights", report.totals().bytes());
        table.print(out);
    }

    private static void row(TextTable table, String name, Change change) {
        table.row(
                name,
                String.format(Locale.ROOT, "%,d", change.before()),
                String.format(Locale.ROOT, "%,d", change.after()),
                change.before() == 0
                        ? UNKNOWN
                        : QualityCells.percent((double) change.after() / change.before(), 1));
    }

    private void qualities(PruningReport report) {
        Qualities qualities = report.quality();
        out.println();
        if (qualities.candidate() == null && qualities.dense() == null) {
            out.println("No held-out samples judged it; 'espalier evaluate' compares on a file.");
            return;
        }
        TextTable table =
                new TextTable(
                        "on held-out samples", "samples", "accuracy", "agreement", "KL, nats");
        row(table, "dense", qualities.dense());
        row(table, "live before", qualities.live());
        row(table, "this version", qualities.candidate());
        table.print(out);
        if (qualities.comparison() != null
                && !report.decision().reason().contains(qualities.comparison().verdict())) {
            out.println(PlainText.of(qualities.comparison().verdict()));
        }
    }

    private static void row(TextTable table, String name, @Nullable Quality quality) {
        if (quality != null) {
            table.row(
                    name,
                    Long.toString(quality.samples()),
                    QualityCells.percent(orNaN(quality.accuracy()), 2),
                    QualityCells.percent(orNaN(quality.agreement()), 2),
                    quality.divergence() == null
                            ? UNKNOWN
                            : String.format(Locale.ROOT, "%.4f", quality.divergence()));
        }
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private void formats(@Nullable PruningReport report) {
        version.folders()
                .forEach(
                        (folder, bytes) ->
                                fact(
                                        folder + "/",
                                        String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)));
        if (report != null) {
            for (Format format : report.formats()) {
                if (!format.written()) {
                    fact(
                            PlainText.of(format.name()) + "/",
                            "not written: " + PlainText.of(String.valueOf(format.reason())));
                }
            }
        }
    }

    /** What {@code bench latency --record} left; anything else is not this build's. */
    private void latency() {
        JsonNode latency = version.run().path("latency");
        if (latency.isMissingNode()) {
            return;
        }
        out.println();
        LatencyFigures figures = figures(latency);
        if (figures == null) {
            out.println("latency in " + RunFile.FILE + ": not of the form that this build writes");
            return;
        }
        out.println("latency, as measured: " + PlainText.of(figures.head()));
        TextTable table =
                new TextTable(
                        "engine", "batch", "length", "dense ms", "ms", "speed-up", "of ideal");
        for (LatencyFigures.Cell cell : figures.cells()) {
            table.row(
                    PlainText.of(String.valueOf(cell.engine())),
                    Integer.toString(cell.batch()),
                    Integer.toString(cell.length()),
                    String.format(Locale.ROOT, "%.2f", cell.denseMilliseconds()),
                    String.format(Locale.ROOT, "%.2f", cell.milliseconds()),
                    String.format(Locale.ROOT, "%.2f", cell.speedup()),
                    String.format(Locale.ROOT, "%.2f", cell.ofIdeal()));
        }
        table.print(out);
    }

    private static @Nullable LatencyFigures figures(JsonNode latency) {
        if (!latency.path("engines").isObject()) {
            return null;
        }
        try {
            return new ObjectMapper().treeToValue(latency, LatencyFigures.class);
        } catch (JsonProcessingException e) {
            return null; // Nobody vouches for run.json; the rest of the version is still shown.
        }
    }
}
