package io.espalier.fisher;

import java.util.Locale;

/**
 * The scalar whose gradients a statistic is made of; statistics of different kinds never mix.
 *
 * <p>Logits a of the dense model, p = softmax(a). The label-free kinds give the true Fisher
 * information, the Hessian of KL(p || p(m)) at masks m = 1, where that divergence has no
 * first-order term.
 */
public enum LossKind {
    /** Cross-entropy {@code -ln p_y} of the label y; squared error of a regression. */
    SUPERVISED,
    /**
     * Exact, without labels: {@code sqrt(p_0 p_1) (a_1 - a_0)} for two classes, C - 1 such losses
     * for C classes, the prediction itself for a regression.
     */
    TRUE_FISHER,
    /** Without labels, one loss {@code -ln p_y} with y drawn from p: unbiased for any C. */
    SAMPLED_FISHER;

    /** Classes up to which {@link #labelFree} takes the exact kind. */
    public static final int EXACT_CLASSES = 4;

    /** The kind that serves a model of C outputs without labels: exact as long as that is cheap. */
    public static LossKind labelFree(int outputs) {
        return outputs <= EXACT_CLASSES ? TRUE_FISHER : SAMPLED_FISHER;
    }

    /** The name used in manifests: {@code true-fisher}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
