package io.espalier.drift;

import java.io.Serializable;

/**
 * Chooses between leaving the live model alone, tuning it anew and changing its structure.
 *
 * <p>The less is changed the cheaper for everyone: nothing to load, or the same graph with new
 * numbers. So the live model stays as long as it fits the budget and is predicted to cost little
 * more than the alternatives, and its structure as long as that, re-tuned, costs little more than
 * the best one.
 *
 * @param retuneMargin share by which the live model's error may exceed that of the better
 *     alternative; 0 leaves no model alone
 * @param remaskMargin share by which the live structure's error, re-tuned, may exceed the best
 *     one's, at least 0
 */
public record UpdatePolicy(double retuneMargin, double remaskMargin) implements Serializable {

    /** Checks the ranges. */
    public UpdatePolicy {
        if (!(retuneMargin >= 0 && remaskMargin >= 0)) {
            throw new IllegalArgumentException(
                    "margin to re-tune %s, to re-mask %s; needs 0 or more"
                            .formatted(retuneMargin, remaskMargin));
        }
    }

    /**
     * Predicted errors on the present traffic, nats a sample; NaN where there is no prediction.
     *
     * @param asItIs of the live model
     * @param retuned of its structure, re-tuned
     * @param best of the best structure
     */
    public record Errors(double asItIs, double retuned, double best) {}

    /**
     * Decides.
     *
     * @param fits whether the live structure is within the budget on the present traffic
     * @param errors as predicted
     */
    public UpdateKind choose(boolean fits, Errors errors) {
        double alternative = Math.min(errors.retuned(), errors.best());
        if (retuneMargin > 0 && fits && errors.asItIs() <= (1 + retuneMargin) * alternative) {
            return UpdateKind.KEEP;
        }
        return atLeastRetune(fits, errors);
    }

    /** Decides where leaving the model alone is no choice. */
    public UpdateKind atLeastRetune(boolean fits, Errors errors) {
        return fits && errors.retuned() <= (1 + remaskMargin) * errors.best()
                ? UpdateKind.RE_TUNE
                : UpdateKind.RE_MASK;
    }
}
