package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.model.ScorableSample;
import io.espalier.stream.decide.HeldOutSamples;
import io.espalier.stream.score.HeldOutShare;

import java.util.List;

/**
 * Samples at hand, divided as a job divides those of one window.
 *
 * @param scored samples that statistics are made of, in the order given
 * @param heldOut samples that judge, in the order in which a job's judge has them
 */
public record HeldOutSplit(List<ScorableSample> scored, List<ScorableSample> heldOut) {

    /** Copies the lists. */
    public HeldOutSplit {
        scored = List.copyOf(scored);
        heldOut = List.copyOf(heldOut);
    }

    /** Divides as the job of a configuration does. */
    public static HeldOutSplit of(EspalierConfig config, List<ScorableSample> samples) {
        return of(config.heldOut().share(), config.heldOut().maxSamples(), config.seed(), samples);
    }

    /** Divides as a job that holds out a share and is otherwise configured by default. */
    public static HeldOutSplit of(double share, long seed, List<ScorableSample> samples) {
        return of(share, EspalierOptions.HELD_OUT_MAX_SAMPLES.defaultValue(), seed, samples);
    }

    private static HeldOutSplit of(
            double share, int maxHeldOut, long seed, List<ScorableSample> samples) {
        HeldOutShare held = HeldOutShare.of(share, seed);
        List<ScorableSample> judges =
                samples.stream().filter(sample -> held.contains(sample.id())).toList();
        return new HeldOutSplit(
                samples.stream().filter(sample -> !held.contains(sample.id())).toList(),
                HeldOutSamples.smallest(judges, ScorableSample::id, maxHeldOut, seed));
    }
}
