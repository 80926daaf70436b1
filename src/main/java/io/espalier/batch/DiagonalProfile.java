package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.search.DiagonalSearch;
import io.espalier.search.MaskRefinement;
import io.espalier.tuning.ProjectionRepair;

import java.util.List;

/**
 * Profile {@code robust-diagonal}: the diagonal of the Fisher information, rearranged where
 * held-out gradients agree. Not thread-safe.
 */
public final class DiagonalProfile implements PruningProfile {

    private final Calibration calibration;
    private final DiagonalSearch search;
    private final MaskRefinement refinement;

    /**
     * A profile.
     *
     * @param calibration whose statistics hold gradient rows
     */
    public DiagonalProfile(Calibration calibration) {
        this.calibration = calibration;
        List<FisherSnapshot> snapshots = calibration.snapshots();
        this.search = DiagonalSearch.of(calibration.sublayers(), snapshots, calibration::cost);
        this.refinement = new MaskRefinement(snapshots);
    }

    @Override
    public PruningMask search(Budget budget) {
        return search.search(budget);
    }

    @Override
    public boolean rearranges() {
        return true;
    }

    @Override
    public PruningMask rearrange(PruningMask searched) {
        return refinement.refine(searched);
    }

    @Override
    public PrunedModel tune(Budget budget, PruningMask structure) throws InterruptedException {
        return calibration.repaired(
                structure, new ProjectionRepair(PositiveDefiniteSolver.best()).ofMaskValues());
    }
}
