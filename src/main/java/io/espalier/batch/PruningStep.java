package io.espalier.batch;

/** A step on the way from the dense model to a pruned one; each builds on those before it. */
public enum PruningStep {
    /** Units are chosen and cut, nothing else. */
    SEARCH("search"),
    /** Units are exchanged within their sublayer. */
    REARRANGEMENT("+ rearrangement"),
    /** The kept units get values. */
    TUNING("+ tuning"),
    /** Output projections are solved anew, from the statistics alone, in place of the values. */
    PROJECTION("+ projection"),
    /** Output projections are solved anew from the bottom up, the samples run again. */
    SEQUENTIAL("+ sequential");

    private final String label;

    PruningStep(String label) {
        this.label = label;
    }

    /** Whether the step only gives the structure of the steps before it other numbers. */
    public boolean refits() {
        return compareTo(TUNING) >= 0;
    }

    /** The name used in tables: {@code + projection}. */
    public String label() {
        return label;
    }
}
