package io.espalier.drift;

import java.io.Serializable;
import java.util.OptionalLong;

/**
 * Whether a window is decided: a pure function of event time, counts and commands.
 *
 * @param minSamples effective samples below which nothing is ever decided, at least 1
 * @param coolDown windows after a decision without another one, at least 0
 * @param periodMillis event time after which a decision is due whatever the drift; 0 for never
 */
public record TriggerPolicy(int minSamples, int coolDown, long periodMillis)
        implements Serializable {

    /** Checks the ranges. */
    public TriggerPolicy {
        if (minSamples < 1 || coolDown < 0 || periodMillis < 0) {
            throw new IllegalArgumentException(
                    "minimum of %s samples, cool-down of %s windows, period of %s ms"
                            .formatted(minSamples, coolDown, periodMillis));
        }
    }

    /**
     * What the policy looks at, at the end of a window.
     *
     * @param effectiveSamples of the window
     * @param paused whether an operator paused decisions
     * @param forced whether an operator asked for one
     * @param live whether a model is live
     * @param level of the drift from the live model's baseline
     * @param windowsSince windows that ended since the last decision, this one included; empty
     *     before the first
     * @param millisSince event time since the last decision; empty before the first
     */
    public record Situation(
            double effectiveSamples,
            boolean paused,
            boolean forced,
            boolean live,
            DriftLevel level,
            OptionalLong windowsSince,
            OptionalLong millisSince) {}

    /** Decides; the first reason that applies, in the order of the statements. */
    public TriggerReason evaluate(Situation now) {
        if (now.effectiveSamples() < minSamples) {
            return TriggerReason.STARVED;
        }
        if (now.paused()) {
            return TriggerReason.PAUSED;
        }
        if (now.forced()) {
            return TriggerReason.FORCED;
        }
        if (now.windowsSince().orElse(Long.MAX_VALUE) <= coolDown) {
            return TriggerReason.COOLING_DOWN;
        }
        if (!now.live()) {
            return TriggerReason.FIRST;
        }
        if (now.level() == DriftLevel.DRIFT) {
            return TriggerReason.DRIFT;
        }
        if (periodMillis > 0 && now.millisSince().orElse(Long.MAX_VALUE) >= periodMillis) {
            return TriggerReason.SCHEDULE;
        }
        return TriggerReason.NO_DRIFT;
    }
}
