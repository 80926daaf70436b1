package io.espalier.config;

/** Whose gradients the statistics are made of. */
public enum Loss {
    /** The true Fisher information, without labels. */
    LABEL_FREE,
    /** The cross-entropy of the label; of samples without one, the true Fisher, kept apart. */
    SUPERVISED;

    /** The name used in configurations and manifests. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static Loss of(String label) {
        return OptionRules.constant(values(), label);
    }
}
