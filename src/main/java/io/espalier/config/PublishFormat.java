package io.espalier.config;

/** A form of published models beside masks and manifest. */
public enum PublishFormat {
    /** True shapes as safetensors; the job itself reads it back. */
    SLIM,
    /** What unmodified transformers load. */
    STOCK,
    /** A graph for ONNX Runtime. */
    ONNX,
    /** The graph with what DJL and DJL Serving need. */
    DJL;

    /** The name used in configurations. */
    public String label() {
        return OptionRules.label(this);
    }

    /** The constant of a name, as {@link #label} gives it. */
    public static PublishFormat of(String label) {
        return OptionRules.constant(values(), label);
    }
}
