package io.espalier.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The PyTorch engine with the precautions that DJL needs inside a stream processor.
 *
 * <p>DJL's own {@code GradientCollector} is one per JVM and refuses a second thread; gradient mode
 * is therefore set here, per thread, through {@link JniUtils}, and restored by {@link
 * GradientMode#close}. A fresh thread starts with gradients on, so evaluation sets it off.
 */
final class TorchEngine {

    private TorchEngine() {}

    /** A manager for long-lived arrays on the GPU where there is one, else on the CPU. */
    static NDManager newManager() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Engines are found by ServiceLoader, which asks the context class loader.
        thread.setContextClassLoader(TorchEngine.class.getClassLoader());
        try {
            Engine engine = Engine.getEngine("PyTorch");
            return engine.newBaseManager(engine.getGpuCount() > 0 ? Device.gpu() : Device.cpu());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Sets the thread's gradient mode until closed. */
    static GradientMode gradients(boolean on) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(on);
        return () -> JniUtils.setGradMode(before);
    }

    /** Restores the gradient mode found when it was opened. */
    interface GradientMode extends AutoCloseable {
        @Override
        void close();
    }
}
