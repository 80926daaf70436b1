package io.espalier.demo;

import io.espalier.artifact.ArtifactStore;
import io.espalier.batch.PublishedPruning;
import io.espalier.batch.ReplayedModel;
import io.espalier.batch.SampleJudge;
import io.espalier.batch.SampleLengths;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.CostModels;
import io.espalier.demo.FinalComparison.Role;
import io.espalier.demo.FinalComparison.Row;
import io.espalier.mask.PruningMask;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.stream.HeldOutSplit;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The last window of a drift, divided as the job divided it, for models to be compared on.
 *
 * @param dense stays open as long as this is used
 * @param costs what the budgets count
 * @param samples scored and held-out ones
 * @param threads to work on
 */
record LastWindow(
        TextClassifier dense, CostModels costs, HeldOutSplit samples, ExecutorService threads) {

    private static final String SLIM = "slim";

    /**
     * The samples of a plan's last window.
     *
     * @param labelled in order of arrival
     * @param heldOut share of them that the job held out
     * @param seed of the job
     */
    static HeldOutSplit split(
            List<CalibrationSample> labelled, double heldOut, long seed, TextClassifier dense) {
        Labels labels = new Labels(dense.description().labels());
        List<ScorableSample> samples = new ArrayList<>();
        for (CalibrationSample sample : labelled) {
            samples.add(
                    new ScorableSample(
                            sample.getId(),
                            dense.encode(sample.getText(), sample.getTextPair()),
                            labels.index(sample.getLabel()).orElseThrow()));
        }
        return HeldOutSplit.of(heldOut, seed, samples);
    }

    /**
     * Compares the models of a job, and the published method if asked for.
     *
     * @param reports of the job, in order
     * @param store with its published models, each of which is verified
     * @param reference whether to run the published method, which takes long
     */
    FinalComparison compare(
            List<Budget> budgets,
            List<DriftReport> reports,
            ArtifactStore store,
            boolean reference,
            Progress progress)
            throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        if (samples.scored().isEmpty() || samples.heldOut().isEmpty()) {
            remarks.add(
                    "no comparison: the last window has %d scored and %d held-out samples"
                            .formatted(samples.scored().size(), samples.heldOut().size()));
            return new FinalComparison(
                    samples.scored().size(), samples.heldOut().size(), rows, remarks);
        }
        SampleJudge judge = new SampleJudge(dense, samples.heldOut());
        PublishedPruning published =
                reference && budgets.stream().anyMatch(LastWindow::isKnownToReference)
                        ? published(judge, progress)
                        : null;
        for (Budget budget : budgets) {
            List<DriftReport> decided =
                    reports.stream()
                            .filter(report -> report.getBudget().equals(budget.toString()))
                            .filter(report -> report.getVersion() != null)
                            .toList();
            int last = decided.size() - 1;
            rows.add(new Row(budget, Role.DENSE, judge.dense().quality(), 1));
            rows.add(row(budget, Role.FIRST, last < 0 ? null : decided.get(0), store, judge));
            rows.add(row(budget, Role.CURRENT, last < 0 ? null : decided.get(last), store, judge));
            if (reference) {
                rows.add(reference(budget, published, progress, remarks));
            }
        }
        return new FinalComparison(
                samples.scored().size(), samples.heldOut().size(), rows, remarks);
    }

    private Row row(
            Budget budget,
            Role role,
            @Nullable DriftReport report,
            ArtifactStore store,
            SampleJudge judge)
            throws IOException {
        if (report == null) {
            return new Row(budget, role, null, Double.NaN);
        }
        store.verify(report.getModel(), report.getVersion());
        try (TextClassifier model =
                TextClassifier.load(
                        store.published(report.getModel(), report.getVersion()).resolve(SLIM))) {
            PruningMask mask = model.description().mask();
            return new Row(budget, role, judge.quality(model::logits), share(budget, mask));
        }
    }

    private double share(Budget budget, PruningMask mask) {
        return SampleLengths.of(samples.scored().stream().map(ScorableSample::encoding).toList())
                .share(costs, budget, mask);
    }

    private static boolean isKnownToReference(Budget budget) {
        return budget.metric() == CostMetric.MACS;
    }

    private PublishedPruning published(SampleJudge judge, Progress progress)
            throws InterruptedException {
        int all = samples.scored().size();
        String task = "score for the reference";
        AtomicInteger done = new AtomicInteger();
        progress.update(task, 0, all);
        return new PublishedPruning(
                dense,
                samples.scored(),
                judge,
                threads,
                more -> progress.update(task, done.addAndGet(more), all));
    }

    private Row reference(
            Budget budget,
            @Nullable PublishedPruning published,
            Progress progress,
            List<String> remarks)
            throws InterruptedException {
        if (published == null || !isKnownToReference(budget)) {
            remarks.add(
                    String.format(
                            Locale.ROOT,
                            "%s: no reference profile, for the published method knows macs alone",
                            budget));
            return new Row(budget, Role.REFERENCE, null, Double.NaN);
        }
        int all = dense.description().sublayers().size();
        String task = "reference " + budget;
        AtomicInteger done = new AtomicInteger();
        progress.update(task, 0, all);
        ReplayedModel model =
                published.prune(budget, () -> progress.update(task, done.incrementAndGet(), all));
        progress.update(task, all, all); // Tuning may have ended before the last sublayer.
        if (!model.remark().isEmpty()) {
            remarks.add(model.remark());
        }
        return new Row(budget, Role.REFERENCE, model.quality(), model.share());
    }
}
