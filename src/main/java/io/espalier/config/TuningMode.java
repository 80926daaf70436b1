package io.espalier.config;

/** What is solved anew in a pruned sublayer. */
public enum TuningMode {
    /** Weights and bias of the output projection. */
    PROJECTION,
    /** One scale for each kept unit, and the bias. */
    MASK_VALUES;

    /** The name used in configurations and manifests. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static TuningMode of(String label) {
        return OptionRules.constant(values(), label);
    }
}
