package io.espalier.model;

/** How tokens weigh in the moments of a projection's input. */
public enum TokenWeight {
    /**
     * By importance: {@code w_t = 0.9 |g_t|^2 / mean_t' |g_t'|^2 + 0.1}, the mean over the sample's
     * own tokens, with g_t the gradient of the sample's loss at the sublayer's output.
     */
    IMPORTANCE,
    /** All alike, {@code w_t = 1}; for comparisons. */
    UNIFORM
}
