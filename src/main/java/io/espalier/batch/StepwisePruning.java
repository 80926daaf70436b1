package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.tuning.ProjectionRepair;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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
    private final @Nullable Replay replay;
    private PruningMask structure;

    /**
     * Stands before the first step: everything is kept.
     *
     * @param replay null if the samples are not run again
     */
    public StepwisePruning(
            Calibration calibration,
            PruningProfile profile,
            Budget budget,
            @Nullable Replay replay) {
        this.calibration = calibration;
        this.profile = profile;
        this.budget = budget;
        this.replay = replay;
        this.structure = PruningMask.dense(calibration.sublayers());
    }

    /** Where the way leads. */
    public Budget budget() {
        return budget;
    }

    /** The steps, in the order in which they are to be taken. */
    public List<PruningStep> steps() {
        List<PruningStep> steps = new ArrayList<>(List.of(PruningStep.values()));
        if (!profile.rearranges()) {
            steps.remove(PruningStep.REARRANGEMENT);
        }
        if (replay == null) {
            steps.remove(PruningStep.SEQUENTIAL);
        }
        return steps;
    }

    /**
     * Takes a step; those before it were taken.
     *
     * @return the model as it is then
     */
    public PrunedModel take(PruningStep step) throws InterruptedException {
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
                    Objects.requireNonNull(replay, "replay")
                            .repaired(calibration.dense(), structure);
        };
    }
}
