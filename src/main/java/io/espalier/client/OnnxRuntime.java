package io.espalier.client;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;

/** ONNX Runtime in this process. */
public final class OnnxRuntime {

    private static final String DJL_ENGINE = "OnnxRuntime";

    private OnnxRuntime() {}

    /**
     * The one environment of this process. DJL's engine fails where it does not make it itself, so
     * that it goes first where it is on the class path.
     */
    public static OrtEnvironment environment() {
        try {
            if (Engine.hasEngine(DJL_ENGINE)) {
                Engine.getEngine(DJL_ENGINE);
            }
        } catch (LinkageError e) {
            // Others have made the environment already; it is DJL that cannot use it, not this.
        }
        return OrtEnvironment.getEnvironment();
    }
}
