package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.search.Allocation;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureSearch;
import io.espalier.tuning.ProjectionRepair;

import java.util.List;

/** Profile {@code espalier}: allocation of the joint error curves. Not thread-safe. */
public final class CurveProfile implements PruningProfile {

    private final Calibration calibration;
    private final StructureSearch search;

    /**
     * A profile.
     *
     * @param curves of the same calibration
     */
    public CurveProfile(Calibration calibration, List<ErrorCurve> curves) {
        this.calibration = calibration;
        this.search = new StructureSearch(calibration.sublayers(), curves, calibration::cost);
    }

    @Override
    public PruningMask search(Budget budget) {
        return allocate(budget).mask();
    }

    /** The mask of a budget with its cost and predicted error. */
    public Allocation.Result allocate(Budget budget) {
        return search.search(budget);
    }

    @Override
    public boolean rearranges() {
        return false;
    }

    @Override
    public PruningMask rearrange(PruningMask searched) {
        return searched;
    }

    @Override
    public PrunedModel tune(Budget budget, PruningMask structure) throws InterruptedException {
        return calibration.repaired(
                structure, new ProjectionRepair(PositiveDefiniteSolver.best()).ofMaskValues());
    }
}
