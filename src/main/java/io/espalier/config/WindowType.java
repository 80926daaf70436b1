package io.espalier.config;

/** How statistics of the stream are cut into what one decision rests on. */
public enum WindowType {
    /** Window after window, each sample in one. */
    TUMBLING,
    /** The latest stretch of the stream, looked at again and again. */
    SLIDING,
    /** The whole stream, older samples weighing less. */
    RUNNING;

    /** The name used in configurations. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static WindowType of(String label) {
        return OptionRules.constant(values(), label);
    }
}
