package io.espalier.cli;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.Manifest.FileEntry;
import io.espalier.report.Outcome;
import io.espalier.report.PruningReport;
import io.espalier.report.PruningReport.Budget;
import io.espalier.report.PruningReport.Change;
import io.espalier.report.PruningReport.Comparison;
import io.espalier.report.PruningReport.Decision;
import io.espalier.report.PruningReport.Format;
import io.espalier.report.PruningReport.PredictedErrors;
import io.espalier.report.PruningReport.Qualities;
import io.espalier.report.PruningReport.Quality;
import io.espalier.report.PruningReport.Totals;
import io.espalier.report.PruningReport.Window;
import io.espalier.report.SublayerReport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Gives a published version a report, as if it had been published with it. */
final class ReportedVersion {

    private ReportedVersion() {}

    /** Adds {@code report.json} to a version and its manifest; returns the report. */
    static PruningReport report(Path version) throws IOException {
        Path file = version.resolve(Manifest.FILE);
        Manifest manifest = Manifest.fromJson(Files.readAllBytes(file));
        PruningReport report = of(manifest);
        Files.write(version.resolve(PruningReport.FILE), report.toJson());
        List<FileEntry> files = new ArrayList<>(manifest.files());
        files.removeIf(entry -> entry.name().equals(PruningReport.FILE));
        files.add(
                new FileEntry(PruningReport.FILE, report.toJson().length, sha256(report.toJson())));
        files.sort(Comparator.comparing(FileEntry::name));
        Files.write(
                file,
                new Manifest(
                                manifest.format(),
                                manifest.model(),
                                manifest.version(),
                                manifest.tool(),
                                manifest.parent(),
                                manifest.decision(),
                                manifest.budget(),
                                manifest.window(),
                                manifest.samples(),
                                manifest.effectiveSamples(),
                                manifest.offsets(),
                                manifest.profile(),
                                manifest.loss(),
                                manifest.statistics(),
                                manifest.seed(),
                                manifest.structure(),
                                files)
                        .toJson());
        return report;
    }

    private static PruningReport of(Manifest manifest) {
        Manifest.Budget budget = manifest.budget();
        List<SublayerReport> sublayers =
                manifest.structure().stream()
                        .map(
                                each ->
                                        new SublayerReport(
                                                each.id(),
                                                each.kind(),
                                                each.layer(),
                                                each.units(),
                                                each.kept(),
                                                each.repair(),
                                                List.of(),
                                                new Change(1000, 500)))
                        .toList();
        return new PruningReport(
                PruningReport.FORMAT,
                manifest.model(),
                manifest.version(),
                manifest.tool(),
                manifest.parent(),
                new Window(1_000, 2_000, 2048, 2048, 256, 16),
                new Budget(budget.spec(), budget.target(), budget.achieved(), 1),
                new Decision(
                        manifest.decision(),
                        manifest.profile(),
                        manifest.loss(),
                        "first",
                        "re-mask",
                        Outcome.CANDIDATE,
                        "first: \u001b[31mlevel learning",
                        new PredictedErrors(null, null, 0.25)),
                List.of(),
                new Qualities(
                        new Quality(256, 256, 0.90625, 0.25, 1.0, 0.0),
                        null,
                        new Quality(256, 256, 0.875, 0.5, 0.953125, 0.0123),
                        new Comparison("accuracy", 256, 0.03, 0.05, 0.06, "accuracy 0.0300 below")),
                new Totals(
                        new Change(50_000, 30_000),
                        new Change(2_000_000, 1_000_000),
                        new Change(200_000, 120_000)),
                sublayers,
                List.of(
                        Format.written("slim", 130_000),
                        Format.omitted("stock", "layer 1 has no heads and no LayerNorm")));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
