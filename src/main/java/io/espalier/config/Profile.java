package io.espalier.config;

/** The numerics that decide: how masks are found and projections repaired. */
public enum Profile {
    /** Joint error curves, exact allocation, re-solved projections: the default. */
    ESPALIER,
    /** Masks by diagonal Fisher and rearrangement, re-solved projections. */
    ROBUST_DIAGONAL,
    /** The published method to the letter (Kwon et al., NeurIPS 2022); bounded runs only. */
    REFERENCE;

    /** The name used in configurations and manifests. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static Profile of(String label) {
        return OptionRules.constant(values(), label);
    }
}
