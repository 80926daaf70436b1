package io.espalier.drift;

import java.util.Locale;

/** Why a window is decided, or is not. */
public enum TriggerReason {
    /** Nothing is live yet. */
    FIRST(true),
    /** The traffic has left the live model's baseline. */
    DRIFT(true),
    /** The period has elapsed. */
    SCHEDULE(true),
    /** An operator asked for it. */
    FORCED(true),
    /** Too few effective samples. */
    STARVED(false),
    /** An operator paused decisions. */
    PAUSED(false),
    /** The last decision is too recent. */
    COOLING_DOWN(false),
    /** The traffic is as it was, as far as can be told. */
    NO_DRIFT(false);

    private final boolean fires;

    TriggerReason(boolean fires) {
        this.fires = fires;
    }

    /** Whether a decision follows. */
    public boolean fires() {
        return fires;
    }

    /** The name used in reports: {@code cooling-down}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
