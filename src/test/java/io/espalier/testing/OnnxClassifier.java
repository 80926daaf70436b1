package io.espalier.testing;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.espalier.client.OnnxRuntime;
import io.espalier.model.Encoding;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A classifier in ONNX Runtime, run as its users run it: padded to the longest of a batch. */
public final class OnnxClassifier implements AutoCloseable {

    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final OrtSession session;

    /** Loads a model file. */
    public OnnxClassifier(Path model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            this.session = environment.createSession(model.toString(), options);
        }
    }

    /** What the runtime sees of the model. */
    public OrtSession session() {
        return session;
    }

    /** Logits of one batch; padding is of word 0. */
    public float[][] logits(List<Encoding> batch) throws OrtException {
        int longest = batch.stream().mapToInt(Encoding::length).max().orElseThrow();
        long[][] ids = new long[batch.size()][longest];
        long[][] mask = new long[batch.size()][longest];
        long[][] types = new long[batch.size()][longest];
        for (int row = 0; row < batch.size(); row++) {
            Encoding encoding = batch.get(row);
            for (int i = 0; i < encoding.length(); i++) {
                ids[row][i] = encoding.ids()[i];
                mask[row][i] = 1;
                types[row][i] = encoding.typeIds()[i];
            }
        }
        try (OnnxTensor inputIds = OnnxTensor.createTensor(environment, ids);
                OnnxTensor attentionMask = OnnxTensor.createTensor(environment, mask);
                OnnxTensor tokenTypeIds = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result =
                        session.run(
                                Map.of(
                                        "input_ids",
                                        inputIds,
                                        "attention_mask",
                                        attentionMask,
                                        "token_type_ids",
                                        tokenTypeIds))) {
            return (float[][]) result.get(0).getValue();
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
