package io.espalier.cli;

import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.espalier.client.OnnxRuntime;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

/** A graph in ONNX Runtime on one thread, to be timed. Holds native memory; not thread-safe. */
final class OnnxSession implements AutoCloseable {

    private final OrtSession session;

    private OnnxSession(OrtSession session) {
        this.session = session;
    }

    /**
     * Loads a graph.
     *
     * @param graph its file
     * @param profile beginning of the file that {@link #endProfile} writes; null for none
     */
    static OnnxSession open(Path graph, @Nullable Path profile) {
        return guarded(
                () -> {
                    try (OrtSession.SessionOptions options = options()) {
                        if (profile != null) {
                            options.enableProfiling(profile.toString());
                        }
                        return new OnnxSession(
                                OnnxRuntime.environment().createSession(graph.toString(), options));
                    }
                });
    }

    /** Loads a graph from memory. */
    static OnnxSession of(byte[] graph) {
        return guarded(
                () -> {
                    try (OrtSession.SessionOptions options = options()) {
                        return new OnnxSession(
                                OnnxRuntime.environment().createSession(graph, options));
                    }
                });
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        return options;
    }

    /** Version of the runtime. */
    static String version() {
        return OnnxRuntime.environment().getVersion();
    }

    /** Runs it once; what comes out is thrown away. */
    void run(Map<String, ? extends OnnxTensorLike> inputs) {
        guarded(
                () -> {
                    session.run(inputs).close();
                    return inputs;
                });
    }

    /** Ends profiling and names the file. */
    Path endProfile() {
        return guarded(() -> Path.of(session.endProfiling()));
    }

    @Override
    public void close() {
        guarded(
                () -> {
                    session.close();
                    return session;
                });
    }

    /** Work inside the runtime. */
    interface Work<T> {
        T run() throws OrtException;
    }

    /** Turns the runtime's failures into unchecked ones: graphs and inputs here are our own. */
    static <T> T guarded(Work<T> work) {
        try {
            return work.run();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }
}
