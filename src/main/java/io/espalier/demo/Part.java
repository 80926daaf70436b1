package io.espalier.demo;

import io.espalier.fisher.SampleHash;

/**
 * The three disjoint parts the glosses are split into, so that neither the probe's score nor the
 * stream shows text that the probe was fitted to.
 */
public enum Part {
    /** A quarter: what the probe may be fitted to. */
    PROBE_TRAINING,
    /** A tenth: what the probe is judged by. */
    PROBE_HELD_OUT,
    /** The rest: what is fed to the calibration topic. */
    STREAM;

    /** Sets this draw apart from the others that are made from the same ids and seed. */
    private static final long SPLIT = 0x5eed_0001L;

    /** The part of a gloss, a function of its id and the seed alone. */
    static Part of(String id, long seed) {
        double place = SampleHash.uniform(id, seed ^ SPLIT);
        if (place < 0.25) {
            return PROBE_TRAINING;
        }
        return place < 0.35 ? PROBE_HELD_OUT : STREAM;
    }
}
