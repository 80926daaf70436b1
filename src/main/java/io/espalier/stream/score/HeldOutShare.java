package io.espalier.stream.score;

import io.espalier.fisher.SampleHash;

import java.io.Serializable;

/**
 * Which samples judge instead of being scored: a share, by the hash of the sample's id.
 *
 * @param share in [0, 1)
 * @param seed of the hash; the scorer's hash uses another, so that the two choices are independent
 */
public record HeldOutShare(double share, long seed) implements Serializable {

    /** The share of a job with a seed. */
    public static HeldOutShare of(double share, long jobSeed) {
        return new HeldOutShare(share, ~jobSeed);
    }

    /** Whether a sample is held out. */
    public boolean contains(String id) {
        return SampleHash.uniform(id, seed) < share;
    }
}
