package io.espalier.batch;

import io.espalier.linalg.StopReason;
import io.espalier.mask.PruningMask;
import io.espalier.tuning.PublishedTuning.Verdict;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What the published method makes of one budget.
 *
 * @param share of the MACs to keep; the masks may cost more
 * @param teacher binary, searched at the root of the share
 * @param searched binary
 * @param rearranged binary, as many units of every sublayer
 * @param tuned the values, 0 = pruned
 * @param solves in order; tuning ends with the first that is not accepted
 */
public record PublishedResult(
        double share,
        PruningMask teacher,
        PruningMask searched,
        PruningMask rearranged,
        PruningMask tuned,
        List<Solve> solves) {

    /** Copies the list. */
    public PublishedResult {
        solves = List.copyOf(solves);
    }

    /**
     * The record of a solve.
     *
     * @param sublayer id of the sublayer
     * @param unknowns n, with the offset of an attention sublayer
     * @param reason why LSMR stopped; null if it did not run to an end
     * @param verdict whether the values were used, or why not
     */
    public record Solve(
            String sublayer, int unknowns, @Nullable StopReason reason, Verdict verdict) {}
}
