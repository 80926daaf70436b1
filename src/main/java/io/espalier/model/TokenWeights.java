package io.espalier.model;

/** How much each token of each sample counts when a sublayer is fitted. */
@FunctionalInterface
public interface TokenWeights {

    /**
     * The weights of one sample's tokens, each at least 0 and finite; called from several threads.
     *
     * @param sublayer index in model order
     * @param sample index in the list of samples
     * @param tokens number of weights wanted
     */
    float[] of(int sublayer, int sample, int tokens);
}
