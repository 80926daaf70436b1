package io.espalier.model;

import io.espalier.fisher.LossKind;

/**
 * How a scorer works.
 *
 * @param batchTokens padded tokens in one pass; more need more memory (about 0.4 MB a token for 12
 *     layers of hidden size 384)
 * @param gradientRows gradient rows to keep of each sublayer
 * @param seed of the sample hash
 * @param loss whose gradients are taken
 * @param tokenWeight of the moments
 * @param moments whether moments and output metrics are gathered, or the masks' gradients alone
 */
public record ScorerOptions(
        int batchTokens,
        int gradientRows,
        long seed,
        LossKind loss,
        TokenWeight tokenWeight,
        boolean moments) {

    /** Checks the ranges. */
    public ScorerOptions {
        if (batchTokens < 1 || gradientRows < 0) {
            throw new IllegalArgumentException(
                    "batch tokens " + batchTokens + ", gradient rows " + gradientRows);
        }
    }

    /** Everything gathered, tokens weighted by importance. */
    public static ScorerOptions of(int batchTokens, int gradientRows, long seed, LossKind loss) {
        return new ScorerOptions(
                batchTokens, gradientRows, seed, loss, TokenWeight.IMPORTANCE, true);
    }
}
