package io.espalier.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

import java.util.function.Supplier;

/**
 * The PyTorch engine with the precautions that DJL needs inside a stream processor.
 *
 * <p>DJL's own {@code GradientCollector} is one per JVM and refuses a second thread; gradient mode
 * is therefore set here, per thread, through {@link JniUtils}, and restored. A fresh thread starts
 * with gradients on, so evaluation sets it off.
 */
final class TorchEngine {

    private TorchEngine() {}

    /** A manager for long-lived arrays on the GPU where there is one, else on the CPU. */
    static NDManager newManager() {
        Engine engine = engine();
        return engine.newBaseManager(engine.getGpuCount() > 0 ? Device.gpu() : Device.cpu());
    }

    /** Version of the engine. */
    static String version() {
        Engine engine = engine();
        return engine.getEngineName() + " " + engine.getVersion();
    }

    private static Engine engine() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Engines are found by ServiceLoader, which asks the context class loader.
        thread.setContextClassLoader(TorchEngine.class.getClassLoader());
        try {
            return Engine.getEngine("PyTorch");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Runs something with gradients recorded or not, and leaves the thread as it was. */
    static <T> T withGradients(boolean on, Supplier<T> work) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(on);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
