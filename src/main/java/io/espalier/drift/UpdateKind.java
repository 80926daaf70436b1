package io.espalier.drift;

import java.util.Locale;

/** What a decision changes. */
public enum UpdateKind {
    /** Nothing: the live model is as good as anything for the present traffic. */
    KEEP,
    /** The structure stays; projections and biases are solved anew. */
    RE_TUNE,
    /** The structure changes, and with it the projections. */
    RE_MASK;

    /** The name used in reports: {@code re-tune}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
