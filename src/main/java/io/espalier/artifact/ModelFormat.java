package io.espalier.artifact;

import java.util.Locale;

/** A form in which a pruned model is published, a folder each; masks and manifest always are. */
public enum ModelFormat {
    /** True shapes as safetensors: what the job reads back, and transformers with our code. */
    SLIM,
    /** Shapes that unmodified transformers load: fewer neurons, padded with zeros. */
    STOCK,
    /** A graph with true shapes for ONNX Runtime. */
    ONNX,
    /** The graph with what DJL and DJL Serving need to serve it. */
    DJL;

    /** The name in options, and of the folder. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
