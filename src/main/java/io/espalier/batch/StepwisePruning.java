package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.model.Encoding;
import io.espalier.tuning.ProjectionRepair;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * One profile's way to one budget, with the model after each step.
 *
 * <p>Models from {@link PruningStep#TUNING} on are alternatives on the same structure. Not
 * thread-safe.
 */
public final class StepwisePruning {

    private final Calibration calibration;
    private final PruningProfile profile;
    private final Budget budget;
    private PruningMask structure;

    /** Stands before the first step: everything is kept. */
    public StepwisePruning(Calibration calibration, PruningProfile profile, Budget budget) {
        this.calibration = calibration;
        this.profile = profile;
        this.budget = budget;
        this.structure = PruningMask.dense(calibration.sublayers());
    }

    /**
     * The steps of a profile, in the order in which they are to be taken.
     *
     * @param sequential whether the samples may be run again
     */
    public static List<PruningStep> steps(PruningProfile profile, boolean sequential) {
        List<PruningStep> steps = new ArrayList<>(List.of(PruningStep.values()));
        if (!profile.rearranges()) {
            steps.remove(PruningStep.REARRANGEMENT);
        }
        if (!sequential) {
            steps.remove(PruningStep.SEQUENTIAL);
        }
        return steps;
    }

    /**
     * Takes a step; those before it were taken.
     *
     * @param samples that the statistics are of, for the step that runs them again
     * @param threads to run them on
     * @return the model as it is then
     */
    public PrunedModel take(PruningStep step, List<Encoding> samples, ExecutorService threads)
            throws InterruptedException {
        return switch (step) {
            case SEARCH -> {
                structure = profile.search(budget);
                yield PrunedModel.folded(calibration.dense(), structure);
            }
            case REARRANGEMENT -> {
                structure = profile.rearrange(structure);
                yield PrunedModel.folded(calibration.dense(), structure);
            }
            case TUNING -> profile.tune(budget, structure);
            case PROJECTION ->
                    calibration.repaired(
                            structure, new ProjectionRepair(PositiveDefiniteSolver.best()));
            case SEQUENTIAL ->
                    PrunedModel.repaired(
                            structure,
                            new SequentialRepair(threads, SequentialRepair.DEFAULT_RIDGE)
                                    .repair(calibration.dense(), samples, structure));
        };
    }
}
