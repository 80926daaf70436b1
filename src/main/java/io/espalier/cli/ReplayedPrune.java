package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Manifest;
import io.espalier.batch.Calibration;
import io.espalier.batch.PublishedPruning;
import io.espalier.batch.Replay;
import io.espalier.batch.ReplayedModel;
import io.espalier.batch.ReplayedPruning;
import io.espalier.batch.ReplayedPublication;
import io.espalier.batch.SampleJudge;
import io.espalier.batch.SampleLengths;
import io.espalier.batch.SequentialPruning;
import io.espalier.batch.StatisticsPass;
import io.espalier.config.EspalierConfig;
import io.espalier.config.Loss;
import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.fisher.LossKind;
import io.espalier.model.SampleScorer.Unscorable;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenImportance;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureSearch;
import io.espalier.stream.HeldOutSplit;
import io.espalier.stream.ParentModel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

/**
 * The part of {@code prune} that runs its samples more than once and therefore goes without the
 * job: profile {@code reference} and the sequential repair.
 *
 * @param config of the job that would run otherwise; its seed, held-out share and store hold here
 *     too
 * @param parent the dense model
 * @param profile {@code espalier}, repaired sequentially, or {@code reference}
 * @param bars shows what is under way
 */
record ReplayedPrune(
        EspalierConfig config, ParentModel parent, Profile profile, ProgressBars bars) {

    private static final ExecutorService THREADS = ForkJoinPool.commonPool();

    /** What is pruned by, and the samples that could not help it. */
    private record Method(
            ReplayedPruning pruning, long scored, LossKind loss, List<Unscorable> leftOut) {}

    /** Prunes to all budgets and publishes the models. */
    PruneReport run(List<TsvDataset.Example> rows, Path data) throws Exception {
        try (TextClassifier dense =
                TextClassifier.load(parent.directory(), config.model().maxLength())) {
            HeldOutSplit split =
                    HeldOutSplit.of(
                            config,
                            rows.stream()
                                    .map(row -> CalibrationRecords.encoded(row, dense))
                                    .toList());
            if (split.scored().isEmpty()) {
                throw new CommandFailure(
                        data
                                + ": all of "
                                + rows.size()
                                + " samples are held out; draw more with --samples");
            }
            SampleJudge judge = new SampleJudge(dense, split.heldOut());
            Method method =
                    profile == Profile.REFERENCE
                            ? published(dense, split.scored(), judge)
                            : sequential(dense, split.scored(), judge, data);
            SampleLengths lengths =
                    SampleLengths.of(
                            split.scored().stream().map(ScorableSample::encoding).toList());
            return publish(method, judge, lengths, rows.size(), data);
        }
    }

    private Method published(TextClassifier dense, List<ScorableSample> samples, SampleJudge judge)
            throws InterruptedException {
        try (ProgressBars.Task task =
                bars.start("gradients of the reference", samples.size(), "samples")) {
            return new Method(
                    new PublishedPruning(dense, samples, judge, THREADS, task::step),
                    samples.size(),
                    LossKind.SUPERVISED,
                    List.of());
        }
    }

    private Method sequential(
            TextClassifier dense, List<ScorableSample> samples, SampleJudge judge, Path data)
            throws InterruptedException {
        LossKind loss = ParentModel.kind(config.loss(), parent.description());
        StatisticsPass pass;
        try (ProgressBars.Task task = bars.start("score", samples.size(), "samples")) {
            pass =
                    StatisticsPass.over(
                            dense,
                            samples,
                            ScorerOptions.of(config.microBatch().tokens(), 0, config.seed(), loss),
                            config.parallelism(),
                            THREADS,
                            task::step);
        }
        List<ScorableSample> bad = pass.unscorable().stream().map(Unscorable::sample).toList();
        List<ScorableSample> good =
                samples.stream().filter(sample -> !bad.contains(sample)).toList();
        if (good.isEmpty()) {
            throw new CommandFailure(
                    data
                            + ": none of "
                            + samples.size()
                            + " samples has a finite gradient, the first: "
                            + pass.unscorable().get(0).reason()
                            + "; the model's weights may be damaged");
        }
        Calibration calibration =
                new Calibration(
                        dense,
                        pass.statistics(),
                        new CostModels(parent.description().hidden(), parent.latency()),
                        THREADS);
        List<ErrorCurve> curves;
        int sublayers = calibration.sublayers().size();
        try (ProgressBars.Task task = bars.start("error curves", sublayers, "sublayers")) {
            curves = calibration.curves(() -> task.step(1));
        }
        curves = StructureSearch.rounded(calibration.sublayers(), curves, config.roundTo());
        Replay replay =
                new Replay(
                        good.stream().map(ScorableSample::encoding).toList(),
                        TokenImportance.of(dense, good, loss, config.seed(), THREADS),
                        THREADS);
        double ridge = config.tuning().ridge();
        return new Method(
                new SequentialPruning(calibration, curves, replay, judge, ridge),
                good.size(),
                loss,
                pass.unscorable());
    }

    private PruneReport publish(
            Method method, SampleJudge judge, SampleLengths lengths, int rows, Path data)
            throws Exception {
        ArtifactStore store = ArtifactStore.open(config.publish().root());
        String id = config.model().id();
        ReplayedPublication publication =
                new ReplayedPublication(
                        store,
                        parent.directory(),
                        parent.description(),
                        lengths,
                        judge,
                        id,
                        new Manifest.Window(0, config.window().size().toMillis()),
                        method.scored(),
                        profile.label(),
                        method.loss().label(),
                        method.pruning().statisticsDigest(),
                        config.seed(),
                        EnumSet.copyOf(ParentModel.formats(config)));
        List<PruneReport.Row> published = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        int sublayers = parent.description().sublayers().size();
        for (Budget budget : Budget.parseAll(config.budgets())) {
            ReplayedModel model;
            try (ProgressBars.Task task = bars.start("prune " + budget, sublayers, "sublayers")) {
                model = method.pruning().prune(budget, () -> task.step(1));
            }
            String version = publication.publish(model);
            Path directory = store.published(id, version);
            published.add(
                    PruneReport.Row.of(
                            model, version, directory, method.scored(), judge.dense().quality()));
            if (!model.remark().isEmpty()) {
                remarks.add(model.remark());
            }
        }
        List<String> leftOut =
                method.leftOut().stream()
                        .map(each -> data + ": " + each.sample().id() + ": " + each.reason())
                        .toList();
        Loss loss = profile == Profile.REFERENCE ? Loss.SUPERVISED : config.loss();
        return new PruneReport(rows, profile.label(), loss.label(), published, leftOut, remarks);
    }
}
