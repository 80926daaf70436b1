package io.espalier.cli;

import io.espalier.batch.Calibration;
import io.espalier.batch.PrunedModel;
import io.espalier.batch.Replay;
import io.espalier.batch.StatisticsPass;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.SlimClassifier;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenImportance;
import io.espalier.model.TokenWeight;
import io.espalier.model.TokenWeights;
import io.espalier.search.ErrorCurve;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A comparison under way: its dense model, tests and threads, the stages so far and the models that
 * were tested. One pruned model is in memory at a time.
 */
final class AblationRun {

    private final EvaluatedModel dense;
    private final List<TestSet> tests;
    private final CostModels costs;
    private final CalibrationOption options;
    private final ExecutorService threads;
    private final ProgressBars bars;
    private final List<List<String>> calibration = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private final List<Ablation.Stage> stages = new ArrayList<>();
    private final List<Ablation.Cell> cells = new ArrayList<>();

    /** What is done with a run that is open. */
    interface Work {
        void with(AblationRun run) throws Exception;
    }

    /**
     * Opens the dense model and the tests, does the work and closes everything.
     *
     * @param tests files that models are tested on
     */
    static void open(
            Path model,
            List<Path> tests,
            BudgetOption budgets,
            CalibrationOption options,
            Work work)
            throws Exception {
        ProgressBars bars = ProgressBars.onStderr();
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try (EvaluatedModel dense = EvaluatedModel.dense(model, options.maxLength())) {
            List<TestSet> sets = new ArrayList<>();
            for (Path file : tests) {
                sets.add(TestSet.read(file, dense.classifier(), bars));
            }
            CostModels costs = budgets.costs(dense.classifier().description());
            work.with(new AblationRun(dense, sets, costs, options, threads, bars));
        } finally {
            threads.shutdownNow();
        }
    }

    /** A run before its first seed. */
    private AblationRun(
            EvaluatedModel dense,
            List<TestSet> tests,
            CostModels costs,
            CalibrationOption options,
            ExecutorService threads,
            ProgressBars bars) {
        this.dense = dense;
        this.tests = List.copyOf(tests);
        this.costs = costs;
        this.options = options;
        this.threads = threads;
        this.bars = bars;
    }

    /** The model that everything is compared with. */
    TextClassifier dense() {
        return dense.classifier();
    }

    /** The threads that work is done on. */
    ExecutorService threads() {
        return threads;
    }

    /** The display of long stages. */
    ProgressBars bars() {
        return bars;
    }

    /** A result and the time it took. */
    record Timed<T>(T result, double seconds) {}

    /** Does work and takes its time. */
    static <T> Timed<T> timed(Callable<T> work) throws Exception {
        long begin = System.nanoTime();
        T result = work.call();
        return new Timed<>(result, (System.nanoTime() - begin) * 1e-9);
    }

    /** Does the work of a stage that several models share and notes its time. */
    <T> T stage(long seed, String name, Callable<T> work) throws Exception {
        Timed<T> timed = timed(work);
        stages.add(new Ablation.Stage(seed, name, timed.seconds()));
        return timed.result();
    }

    /** Samples that were drawn and what scoring them has shown. */
    record Scored(List<ScorableSample> samples, Calibration calibration) {}

    /** Draws samples and scores them, the one pass that all else starts from. */
    Scored score(CalibrationFiles files, long seed) throws Exception {
        List<String> names = files.files().stream().map(Path::toString).toList();
        if (!calibration.contains(names)) {
            calibration.add(names);
        }
        List<ScorableSample> samples = files.draw(options.samples(), seed, dense());
        StatisticsPass pass = pass(samples, seed, "scoring " + files.shortName());
        if (pass.unscorable().size() == samples.size()) {
            throw new CommandFailure(
                    files.name()
                            + ": none of "
                            + samples.size()
                            + " samples has a finite gradient, the first: "
                            + pass.unscorable().get(0).reason()
                            + "; the model's weights may be damaged");
        }
        Calibration all =
                stage(
                        seed,
                        "statistics at rest of " + files.shortName(),
                        () -> new Calibration(dense(), pass.statistics(), costs, threads));
        return new Scored(samples, all);
    }

    private StatisticsPass pass(List<ScorableSample> samples, long seed, String name)
            throws Exception {
        try (ProgressBars.Task task =
                bars.start(name + ", seed " + seed, samples.size(), "samples")) {
            return stage(
                    seed,
                    name,
                    () ->
                            StatisticsPass.over(
                                    dense(),
                                    samples,
                                    options.scoring(dense().description(), seed),
                                    options.parallelism(),
                                    threads,
                                    task::step));
        }
    }

    /** The samples of a calibration, to be run again, with token weights as in its statistics. */
    Replay replay(Scored scored, long seed) throws Exception {
        ScorerOptions scoring = options.scoring(dense().description(), seed);
        TokenWeights weights =
                scoring.tokenWeight() == TokenWeight.IMPORTANCE
                        ? stage(
                                seed,
                                "importance of tokens to run again",
                                () ->
                                        TokenImportance.of(
                                                dense(),
                                                scored.samples(),
                                                scoring.loss(),
                                                seed,
                                                threads))
                        : (sublayer, sample, tokens) -> uniform(tokens);
        return new Replay(
                scored.samples().stream().map(ScorableSample::encoding).toList(), weights, threads);
    }

    private static float[] uniform(int tokens) {
        float[] weights = new float[tokens];
        Arrays.fill(weights, 1f);
        return weights;
    }

    /** The error curves of a calibration. */
    List<ErrorCurve> curves(Scored scored, String name, long seed) throws Exception {
        Calibration statistics = scored.calibration();
        int sublayers = statistics.sublayers().size();
        try (ProgressBars.Task task = bars.start(name + ", seed " + seed, sublayers, "sublayers")) {
            return stage(seed, name, () -> statistics.curves(() -> task.step(1)));
        }
    }

    /**
     * What a pruned model is called.
     *
     * @param estimate a job's estimate of its error, null where that is not asked
     */
    record Made(
            long seed,
            String profile,
            String step,
            Budget budget,
            @Nullable Double estimate,
            double seconds) {}

    /** Tests a pruned model on all files; costs and predictions are those of a traffic. */
    void test(Made made, PrunedModel model, Calibration traffic) throws InterruptedException {
        PruningMask mask = model.mask();
        cells.add(
                new Ablation.Cell(
                        made.seed(),
                        made.profile(),
                        made.step(),
                        made.budget().toString(),
                        quality(model),
                        traffic.share(made.budget(), mask),
                        traffic.macs().share(mask),
                        mask.countKept(SublayerKind.ATTENTION),
                        mask.countKept(SublayerKind.FFN),
                        traffic.predictedError(model),
                        made.estimate(),
                        made.seconds()));
    }

    private TestedQuality quality(PrunedModel model) {
        try (SlimClassifier classifier = model.open(dense())) {
            return TestedQuality.of(tests, test -> test.quality(classifier::logits));
        }
    }

    /** Notes that a seed is done. */
    void finish(long seed) {
        done.add(seed);
    }

    /** What was found so far. */
    Ablation soFar() {
        return new Ablation(
                dense.directory().toString(),
                calibration,
                options.samples(),
                done,
                options.loss(),
                options.tokenWeight(),
                options.maxLength(),
                TestedQuality.of(tests, TestSet::denseQuality),
                stages,
                cells);
    }
}
