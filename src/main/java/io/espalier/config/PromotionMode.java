package io.espalier.config;

/** What becomes of a candidate that passes the held-out test. */
public enum PromotionMode {
    /** It is published and reported, but {@code live.json} does not name it. */
    SHADOW,
    /** {@code live.json} names it. */
    PROMOTE;

    /** The name used in configurations. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static PromotionMode of(String label) {
        return OptionRules.constant(values(), label);
    }
}
