package io.espalier.client;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import java.io.IOException;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A published {@code onnx/model.onnx} in a session of ONNX Runtime. */
final class OnnxNetwork implements Network {

    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";
    private static final String LOGITS = "logits";

    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxNetwork(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    /** Loads versions with a number of threads for each request. */
    static Loader loader(int threads) {
        return version ->
                TextModel.load(
                        version,
                        "onnx",
                        () ->
                                start(
                                        version.directory() + "/onnx/model.onnx",
                                        version.bytes("onnx/model.onnx"),
                                        threads));
    }

    private static OnnxNetwork start(String name, byte[] graph, int threads) throws IOException {
        OrtEnvironment environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            OrtSession session = environment.createSession(graph, options);
            try {
                requireOurs(name, session);
                return new OnnxNetwork(environment, session);
            } catch (ServingException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new ServingException(name + ": ONNX Runtime refuses it: " + e.getMessage(), e);
        }
    }

    private static void requireOurs(String name, OrtSession session) throws ServingException {
        Set<String> inputs = session.getInputNames();
        if (!Set.of(IDS, MASK, TYPES).containsAll(inputs)
                || !inputs.contains(IDS)
                || !session.getOutputNames().contains(LOGITS)) {
            throw new ServingException(
                    name
                            + ": the graph maps "
                            + inputs
                            + " to "
                            + session.getOutputNames()
                            + ", a text classifier input_ids, attention_mask and token_type_ids to"
                            + " logits");
        }
    }

    @Override
    public float[][] logits(TokenBatch batch) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try {
            for (String name : session.getInputNames()) {
                LongBuffer values =
                        LongBuffer.wrap(
                                switch (name) {
                                    case MASK -> batch.mask();
                                    case TYPES -> batch.typeIds();
                                    default -> batch.ids();
                                });
                inputs.put(name, OnnxTensor.createTensor(environment, values, batch.shape()));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(LOGITS))) {
                return (float[][]) result.get(0).getValue();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("closing a session failed: " + e.getMessage(), e);
        }
    }
}
