package io.espalier.stream.decide;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.StagedModel;
import io.espalier.drift.HeldOutQuality;
import io.espalier.drift.PromotionPolicy;
import io.espalier.drift.UpdateKind;
import io.espalier.drift.UpdatePolicy;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.wire.DriftOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What came of a window for one budget.
 *
 * @param seen the window as the budget saw it; with the mask that was decided, or would be best
 * @param outcome what came of it
 * @param reason why, in a sentence
 * @param share of the cost that the mask keeps; NaN if nothing was searched for
 * @param update what was chosen; null if nothing was due
 * @param errors as predicted
 * @param published the candidate; null if there is none
 * @param quality of the models on the window's held-out samples
 * @param memory what is to be remembered
 */
record BudgetOutcome(
        BudgetWindow seen,
        DriftOutcome outcome,
        String reason,
        double share,
        @Nullable UpdateKind update,
        UpdatePolicy.Errors errors,
        @Nullable Published published,
        Qualities quality,
        BudgetMemory memory) {

    /**
     * A candidate with what became of it.
     *
     * @param candidate the candidate
     * @param staged where it is
     * @param verdict of the promotion policy
     * @param live what is to be named live; null if nothing moves
     */
    record Published(
            Candidate candidate,
            StagedModel staged,
            PromotionPolicy.Verdict verdict,
            @Nullable LivePointer live) {}

    /**
     * Qualities on the same samples; null where there is no model, or nobody to judge it.
     *
     * @param dense of the parent
     * @param first of the first candidate
     * @param live of what was live before
     * @param candidate of what was decided
     */
    record Qualities(
            @Nullable HeldOutQuality dense,
            @Nullable HeldOutQuality first,
            @Nullable HeldOutQuality live,
            @Nullable HeldOutQuality candidate) {

        static final Qualities UNKNOWN = new Qualities(null, null, null, null);
    }
}
