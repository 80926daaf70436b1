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
import java.util.HexFormat;
import java.util.List;

/** Published versions with another report than theirs, or with none. */
final class ReportedVersion {

    private ReportedVersion() {}

    /** Puts another report in place of a version's; returns it. */
    static PruningReport report(Path version) throws IOException {
        PruningReport report = of(manifest(version));
        Files.write(version.resolve(PruningReport.FILE), report.toJson());
        seal(version);
        return report;
    }

    /** Takes the report out of a version, as if it had been published without. */
    static Path without(Path version) throws IOException {
        Files.delete(version.resolve(PruningReport.FILE));
        Files.delete(version.resolve(PruningReport.PAGE));
        seal(version);
        return version;
    }

    private static Manifest manifest(Path version) throws IOException {
        return Manifest.fromJson(Files.readAllBytes(version.resolve(Manifest.FILE)));
    }

    /** Writes a manifest of the files that are there. */
    private static void seal(Path version) throws IOException {
        Manifest manifest = manifest(version);
        List<FileEntry> files = new ArrayList<>();
        for (FileEntry entry : manifest.files()) {
            Path file = version.resolve(entry.name());
            if (Files.exists(file)) {
                byte[] bytes = Files.readAllBytes(file);
                files.add(new FileEntry(entry.name(), bytes.length, sha256(bytes)));
            }
        }
        Files.write(
                version.resolve(Manifest.FILE),
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
