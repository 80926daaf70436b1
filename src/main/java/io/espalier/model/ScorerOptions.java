package io.espalier.model;

/**
 * How a scorer works.
 *
 * @param batchTokens padded tokens in one pass; more need more memory (about 0.4 MB a token for 12
 *     layers of hidden size 384)
 * @param gradientRows gradient rows to keep of each sublayer
 * @param seed of the sample hash
 */
public record ScorerOptions(int batchTokens, int gradientRows, long seed) {

    /** Defaults: 1024 tokens, 256 rows, seed 17. */
    public static final ScorerOptions DEFAULT = new ScorerOptions(1024, 256, 17);

    /** Checks the ranges. */
    public ScorerOptions {
        if (batchTokens < 1 || gradientRows < 0) {
            throw new IllegalArgumentException(
                    "batch tokens " + batchTokens + ", gradient rows " + gradientRows);
        }
    }
}
