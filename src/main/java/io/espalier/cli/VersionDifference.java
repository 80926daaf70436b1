package io.espalier.cli;

import io.espalier.artifact.MaskFile;
import io.espalier.mask.SublayerKind;
import io.espalier.report.PruningReport;
import io.espalier.report.PruningReport.Quality;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What {@code diff} found, in the form of its JSON file.
 *
 * @param parent digest of the parent of both
 * @param a one version
 * @param b the other
 * @param sublayers in model order
 */
record VersionDifference(String parent, Version a, Version b, List<SublayerDifference> sublayers) {

    private static final String UNKNOWN = "-";

    /** Copies the list. */
    VersionDifference {
        sublayers = List.copyOf(sublayers);
    }

    /**
     * Figures of one version; null where it has no report or was not judged.
     *
     * @param version model and version
     * @param budget as configured
     * @param costShare kept of what the budget counts
     * @param macs a sample
     * @param parameters of the whole model
     * @param bytes of its weights file, {@code slim/model.safetensors}
     * @param divergence mean KL(dense || this) on its own held-out samples, nats
     * @param agreement with the dense model on them
     * @param accuracy on them
     */
    record Version(
            String version,
            String budget,
            double costShare,
            @Nullable Long macs,
            @Nullable Long parameters,
            @Nullable Long bytes,
            @Nullable Double divergence,
            @Nullable Double agreement,
            @Nullable Double accuracy) {

        static Version of(PublishedVersion published) {
            PruningReport report = published.report();
            Quality quality = report == null ? null : report.quality().candidate();
            return new Version(
                    published.name(),
                    PlainText.of(published.manifest().budget().spec()),
                    published.manifest().budget().achieved(),
                    report == null ? null : (Long) report.totals().macs().after(),
                    report == null ? null : (Long) report.totals().parameters().after(),
                    published.weightBytes(),
                    quality == null ? null : quality.divergence(),
                    quality == null ? null : quality.agreement(),
                    quality == null ? null : quality.accuracy());
        }
    }

    /**
     * Compares two versions of one parent.
     *
     * @throws CommandFailure if their masks are not over the same sublayers
     */
    static VersionDifference between(PublishedVersion a, PublishedVersion b) {
        List<MaskFile.Row> rowsA = a.mask().sublayers();
        List<MaskFile.Row> rowsB = b.mask().sublayers();
        if (rowsA.size() != rowsB.size()) {
            throw new CommandFailure(
                    "%s has %d sublayers, %s has %d"
                            .formatted(a.directory(), rowsA.size(), b.directory(), rowsB.size()));
        }
        List<SublayerDifference> sublayers = new ArrayList<>();
        for (int s = 0; s < rowsA.size(); s++) {
            sublayers.add(SublayerDifference.between(rowsA.get(s), rowsB.get(s)));
        }
        return new VersionDifference(
                PlainText.of(a.manifest().parent()), Version.of(a), Version.of(b), sublayers);
    }

    /** A row for each sublayer, and one for all of a kind. */
    TextTable sublayerTable() {
        TextTable table =
                new TextTable(
                        "sublayer", "A", "B", "both", "added", "removed", "Jaccard", "rescaled");
        sublayers.forEach(each -> each.addTo(table, each.id()));
        Map<String, SublayerDifference> sums = new LinkedHashMap<>();
        for (SublayerDifference each : sublayers) {
            sums.merge(each.kind(), each, SublayerDifference::plus);
        }
        for (SublayerKind kind : SublayerKind.values()) {
            SublayerDifference sum = sums.get(kind.label());
            if (sum != null) {
                sum.addTo(table, "all " + kind.label());
            }
        }
        return table;
    }

    /** A row for each figure, the versions side by side. */
    TextTable metricTable() {
        TextTable table = new TextTable("", "A", "B");
        table.row("budget", a.budget(), b.budget());
        add(table, "cost kept", Version::costShare, VersionDifference::percent);
        add(table, "MACs a sample", Version::macs, VersionDifference::count);
        add(table, "parameters", Version::parameters, VersionDifference::count);
        add(table, "bytes of weights", Version::bytes, VersionDifference::count);
        add(table, "KL, nats", Version::divergence, VersionDifference::nats);
        add(table, "agreement", Version::agreement, VersionDifference::percent);
        add(table, "accuracy", Version::accuracy, VersionDifference::percent);
        return table;
    }

    private <T> void add(
            TextTable table,
            String name,
            Function<Version, @Nullable T> figure,
            Function<T, String> form) {
        T ofA = figure.apply(a);
        T ofB = figure.apply(b);
        table.row(
                name,
                ofA == null ? UNKNOWN : form.apply(ofA),
                ofB == null ? UNKNOWN : form.apply(ofB));
    }

    private static String percent(double share) {
        return QualityCells.percent(share, 2);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String nats(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
