package io.espalier.cli;

import io.espalier.batch.ReplayedModel;
import io.espalier.batch.SequentialPruning;
import io.espalier.drift.HeldOutQuality;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.wire.DriftReport;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code prune} has published, as a table and in the form of its JSON file.
 *
 * @param samples rows that were drawn
 * @param profile of the numerics
 * @param loss whose gradients decided
 * @param rows one for each budget
 * @param leftOut samples that decided nothing, each with its place and the reason
 * @param remarks lines below the table
 */
record PruneReport(
        int samples,
        String profile,
        String loss,
        List<Row> rows,
        List<String> leftOut,
        List<String> remarks) {

    /** Repair of a model that was merely cut. */
    static final String NO_REPAIR = SequentialPruning.NONE;

    private static final int DECIMALS = 2;

    /** Copies the lists. */
    PruneReport {
        rows = List.copyOf(rows);
        leftOut = List.copyOf(leftOut);
        remarks = List.copyOf(remarks);
    }

    /**
     * One pruned model.
     *
     * @param costShare kept of what the budget counts
     * @param unrepaired sublayers for which nothing could be solved
     * @param repair how projections were repaired
     * @param scored samples decided from
     * @param heldOut samples that judge
     * @param dense quality of the dense model; null without held-out samples
     * @param pruned quality of this model; null without held-out samples
     */
    record Row(
            String budget,
            String version,
            Path directory,
            double costShare,
            Units heads,
            Units neurons,
            int unrepaired,
            String repair,
            long scored,
            long heldOut,
            @Nullable HeldOutQuality dense,
            @Nullable HeldOutQuality pruned) {

        /** What a job reports of a model that it published. */
        static Row of(DriftReport report, String version, Path directory, String repair) {
            return new Row(
                    report.getBudget(),
                    version,
                    directory,
                    report.getCostAchieved(),
                    new Units(report.getHeads().getKept(), report.getHeads().getUnits()),
                    new Units(report.getNeurons().getKept(), report.getNeurons().getUnits()),
                    report.getSublayersUnrepaired(),
                    repair,
                    report.getSamples(),
                    report.getHeldOutSamples(),
                    QualityCells.of(report.getDense()),
                    QualityCells.of(report.getPruned()));
        }

        /** The same of a model pruned from samples at hand. */
        static Row of(
                ReplayedModel model,
                String version,
                Path directory,
                long scored,
                HeldOutQuality dense) {
            boolean judged = dense.samples() > 0;
            PruningMask mask = model.model().mask();
            return new Row(
                    model.budget().toString(),
                    version,
                    directory,
                    model.share(),
                    Units.of(mask, SublayerKind.ATTENTION),
                    Units.of(mask, SublayerKind.FFN),
                    model.unrepaired(),
                    model.repair(),
                    scored,
                    dense.samples(),
                    judged ? dense : null,
                    judged ? model.quality() : null);
        }

        private Map<String, Object> json() {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("budget", budget);
            entry.put("version", version);
            entry.put("directory", directory.toString());
            entry.put("costShare", costShare);
            entry.put("headsKept", heads.kept());
            entry.put("heads", heads.all());
            entry.put("neuronsKept", neurons.kept());
            entry.put("neurons", neurons.all());
            entry.put("sublayersUnrepaired", unrepaired);
            entry.put("repair", repair);
            entry.put("scoredSamples", scored);
            entry.put("heldOutSamples", heldOut);
            if (dense != null) {
                entry.put("dense", QualityCells.json(dense));
            }
            if (pruned != null) {
                entry.put("pruned", QualityCells.json(pruned));
            }
            return entry;
        }
    }

    /** Units of one kind. */
    record Units(int kept, int all) {

        private static Units of(PruningMask mask, SublayerKind kind) {
            return new Units(mask.countKept(kind), mask.countUnits(kind));
        }

        @Override
        public String toString() {
            return kept + "/" + all;
        }
    }

    /** The table of the models. */
    TextTable table() {
        TextTable table =
                new TextTable(
                        "budget",
                        "cost kept",
                        "heads",
                        "neurons",
                        "repair",
                        "unrepaired",
                        "held out",
                        "dense",
                        "pruned",
                        "agreement",
                        "KL to dense");
        for (Row row : rows) {
            table.row(
                    row.budget(),
                    QualityCells.percent(row.costShare(), DECIMALS),
                    row.heads().toString(),
                    row.neurons().toString(),
                    row.repair(),
                    Integer.toString(row.unrepaired()),
                    Long.toString(row.heldOut()),
                    QualityCells.accuracy(row.dense(), DECIMALS),
                    QualityCells.accuracy(row.pruned(), DECIMALS),
                    QualityCells.agreement(row.pruned(), DECIMALS),
                    QualityCells.divergence(row.pruned(), 4));
        }
        return table;
    }

    /** Where the models lie, a line each. */
    List<String> places() {
        return rows.stream().map(row -> row.budget() + ": " + row.directory()).toList();
    }

    /** The JSON file's content. */
    Map<String, Object> json(Path model, Path data) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", model.toString());
        all.put("data", data.toString());
        all.put("profile", profile);
        all.put("loss", loss);
        all.put("samples", samples);
        all.put("leftOut", leftOut.size());
        all.put("remarks", remarks);
        List<Map<String, Object>> entries = new ArrayList<>();
        rows.forEach(row -> entries.add(row.json()));
        all.put("models", entries);
        return all;
    }
}
