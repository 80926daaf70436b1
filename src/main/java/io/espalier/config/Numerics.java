package io.espalier.config;

import org.apache.flink.configuration.Configuration;

/**
 * What a job computes, all in one place.
 *
 * @param profile how masks are found
 * @param loss whose gradients decide
 * @param tuning what is solved in a pruned sublayer
 */
public record Numerics(Profile profile, Loss loss, TuningMode tuning) {

    /** Writes the options of these values. */
    public void configure(Configuration configuration) {
        configuration.set(EspalierOptions.PROFILE, profile.label());
        configuration.set(EspalierOptions.LOSS, loss.label());
        configuration.set(EspalierOptions.TUNING_MODE, tuning.label());
    }
}
