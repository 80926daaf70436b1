package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ModelFormat;
import io.espalier.batch.Calibration;
import io.espalier.batch.PrunedModel;
import io.espalier.batch.PublishedMethod;
import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.demo.Folders;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureSearch;
import io.espalier.tuning.ProjectionRepair;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * Measures the way from closed statistics to candidates, for the default profile with all budgets
 * and for the reference profile with one.
 */
final class DecisionBench {

    /** What the default profile decides for, together. */
    static final List<Budget> BUDGETS =
            List.of(Budget.macs(0.5), Budget.macs(0.4), Budget.macs(0.3), Budget.macs(0.2));

    /** What the reference profile decides for. */
    private static final Budget REFERENCE = BUDGETS.get(0);

    private final EvaluatedModel dense;
    private final TextClassifier model;
    private final List<ScorableSample> samples;
    private final List<SublayerStatistics> statistics;
    private final ExecutorService pool;
    private final long seed;

    /** A bench over samples and what was collected of them. */
    DecisionBench(
            EvaluatedModel dense,
            List<ScorableSample> samples,
            List<SublayerStatistics> statistics,
            ExecutorService pool,
            long seed) {
        this.dense = dense;
        this.model = dense.classifier();
        this.samples = samples;
        this.statistics = statistics;
        this.pool = pool;
        this.seed = seed;
    }

    /** Measures both in a temporary store, the default profile twice. */
    PruningCosts.Decision run(ProgressBars bars) throws Exception {
        Path root = Files.createTempDirectory("espalier-bench");
        try {
            ArtifactStore store = ArtifactStore.open(root);
            List<PruningCosts.Stage> before = espalier(store, bars);
            Laps reference = reference(store, bars);
            List<PruningCosts.Stage> after = espalier(store, bars);
            List<PruningCosts.Stage> mean = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                double sum = before.get(i).seconds() + after.get(i).seconds();
                mean.add(new PruningCosts.Stage(before.get(i).name(), sum / 2));
            }
            List<PruningCosts.Stage> all = reference.stages();
            return PruningCosts.Decision.of(
                    BUDGETS.stream().map(Budget::toString).toList(),
                    mean,
                    List.of(PruningCosts.total(before), PruningCosts.total(after)),
                    REFERENCE.toString(),
                    all.get(0).seconds(),
                    all.subList(1, all.size()));
        } finally {
            Folders.delete(root);
        }
    }

    private List<PruningCosts.Stage> espalier(ArtifactStore store, ProgressBars bars)
            throws Exception {
        int sublayers = model.description().sublayers().size();
        try (ProgressBars.Task task = bars.start("decision", sublayers + 4L, "steps")) {
            Laps laps = new Laps();
            Calibration calibration = calibration();
            laps.lap("rest");
            task.step(1);
            List<ErrorCurve> curves = calibration.curves(() -> task.step(1));
            laps.lap("curves");
            StructureSearch search =
                    new StructureSearch(calibration.sublayers(), curves, calibration::cost);
            List<PruningMask> masks = new ArrayList<>();
            for (Budget budget : BUDGETS) {
                masks.add(search.search(budget).mask());
            }
            laps.lap("allocation");
            task.step(1);
            ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best());
            List<PrunedModel> pruned = new ArrayList<>();
            for (PruningMask mask : masks) {
                pruned.add(calibration.repaired(mask, repair));
            }
            laps.lap("repair");
            task.step(1);
            for (int b = 0; b < BUDGETS.size(); b++) {
                double share = calibration.share(BUDGETS.get(b), masks.get(b));
                assemble(store, BUDGETS.get(b), share, pruned.get(b), Profile.ESPALIER);
            }
            laps.lap("assemble");
            task.step(1);
            return laps.stages();
        }
    }

    private Laps reference(ArtifactStore store, ProgressBars bars) throws Exception {
        try (ProgressBars.Task task = bars.start("reference profile", 5, "stages")) {
            Calibration calibration = calibration();
            Laps laps = new Laps();
            PublishedMethod method =
                    new PublishedMethod(model, samples, calibration.macs(), pool, done -> {});
            laps.lap("gradients");
            task.step(1);
            PruningMask searched = method.search(REFERENCE.share());
            laps.lap("search");
            task.step(1);
            PruningMask rearranged = method.rearrange(searched);
            laps.lap("rearrangement");
            task.step(1);
            PrunedModel pruned =
                    PrunedModel.folded(model, method.tune(REFERENCE.share(), rearranged));
            laps.lap("tuning");
            task.step(1);
            double share = calibration.share(REFERENCE, pruned.mask());
            assemble(store, REFERENCE, share, pruned, Profile.REFERENCE);
            laps.lap("assemble");
            task.step(1);
            return laps;
        }
    }

    private Calibration calibration() throws InterruptedException {
        CostModels costs = CostModels.counted(model.description().hidden());
        return new Calibration(model, statistics, costs, pool);
    }

    private void assemble(
            ArtifactStore store, Budget budget, double share, PrunedModel pruned, Profile profile)
            throws Exception {
        CandidateDescription candidate =
                new CandidateDescription(
                        "bench",
                        budget.slug() + "-000001",
                        "bench-000001",
                        model.description().digest(),
                        pruned.mask(),
                        Collections.nCopies(pruned.sublayers().size(), "resolved"),
                        new Manifest.Budget(budget.toString(), budget.share(), share),
                        new Manifest.Window(0, 1),
                        samples.size(),
                        samples.size(),
                        List.of(),
                        profile.label(),
                        statistics.get(0).loss().label(),
                        "",
                        seed,
                        "espalier bench");
        store.draft(candidate, pruned.sublayers(), dense.directory(), EnumSet.of(ModelFormat.SLIM));
    }
}
