package io.espalier.drift;

import java.io.Serializable;

/**
 * Chooses between keeping the structure in force and changing it.
 *
 * <p>Keeping it is cheaper for everyone: the same graph, the same shapes, only new numbers. It is
 * kept as long as it fits the budget and, re-tuned, is predicted to cost little more than the best
 * structure would.
 *
 * @param margin share by which the error in force may exceed the best one's, at least 0
 */
public record UpdatePolicy(double margin) implements Serializable {

    /** Checks the range. */
    public UpdatePolicy {
        if (!(margin >= 0)) {
            throw new IllegalArgumentException("margin " + margin + " is below 0");
        }
    }

    /**
     * Decides.
     *
     * @param fits whether the structure in force is within the budget on the present traffic
     * @param live its predicted error, re-tuned on the present traffic
     * @param best the predicted error of the best structure
     */
    public UpdateKind choose(boolean fits, double live, double best) {
        return fits && live <= (1 + margin) * best ? UpdateKind.RE_TUNE : UpdateKind.RE_MASK;
    }
}
