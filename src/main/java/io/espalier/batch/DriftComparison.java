package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.search.Allocation;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureSearch;
import io.espalier.tuning.ProjectionRepair;

import java.util.List;

/**
 * What each response to a change of traffic gives, profile {@code espalier}: decided with the
 * statistics of the old and of the new traffic, each by itself. Not thread-safe.
 */
public final class DriftComparison {

    private final Calibration from;
    private final Calibration to;
    private final StructureSearch old;
    private final StructureSearch present;
    private final ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best());

    /**
     * A response's model.
     *
     * @param model to be tested on the new traffic
     * @param estimate what a job decides by: the error of this structure, re-solved on the new
     *     traffic; NaN for a model that is not
     */
    public record Outcome(PrunedModel model, double estimate) {}

    /**
     * A comparison of two calibrations of one dense model.
     *
     * @param fromCurves of the old traffic
     * @param toCurves of the new traffic
     */
    public DriftComparison(
            Calibration from,
            List<ErrorCurve> fromCurves,
            Calibration to,
            List<ErrorCurve> toCurves) {
        this.from = from;
        this.to = to;
        this.old = new StructureSearch(from.sublayers(), fromCurves, from::cost);
        this.present = new StructureSearch(to.sublayers(), toCurves, to::cost);
    }

    /** The model that a response leads to at a budget. */
    public Outcome respond(DriftResponse response, Budget budget) throws InterruptedException {
        PruningMask live = old.search(budget).mask();
        return switch (response) {
            case AS_IT_WAS -> new Outcome(from.repaired(live, repair), Double.NaN);
            case RE_TUNED -> new Outcome(to.repaired(live, repair), to.structureError(live));
            case RE_MASKED -> {
                Allocation.Result best = present.search(budget);
                yield new Outcome(to.repaired(best.mask(), repair), best.error());
            }
        };
    }
}
