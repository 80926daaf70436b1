package io.espalier.onnx;

import ai.onnxruntime.OrtException;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.testing.OnnxClassifier;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A model directory's logits in ONNX Runtime, beside those of our own forward pass. */
final class OnnxParity {

    /** Across two runtimes' float32 kernels; logits are below 10. */
    static final float TOLERANCE = 1e-4f;

    private OnnxParity() {}

    /** Writes a directory's model as ONNX. */
    static Path export(Path directory, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            OnnxExport.write(directory, out);
        }
        return file;
    }

    /**
     * The largest difference of two logits; infinite if one is NaN.
     *
     * @param onnx the exported model
     * @param directory the model for our own pass
     * @param batch texts in one call, shorter ones padded
     */
    static float difference(Path onnx, Path directory, List<Encoding> samples, int batch)
            throws IOException, OrtException {
        try (OnnxClassifier runtime = new OnnxClassifier(onnx);
                TextClassifier ours = TextClassifier.load(directory)) {
            List<float[]> logits = new ArrayList<>();
            for (int from = 0; from < samples.size(); from += batch) {
                int to = Math.min(from + batch, samples.size());
                logits.addAll(List.of(runtime.logits(samples.subList(from, to))));
            }
            return largest(ours.logits(samples), logits.toArray(float[][]::new));
        }
    }

    private static float largest(float[][] a, float[][] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int c = 0; c < a[i].length; c++) {
                float difference = Math.abs(a[i][c] - b[i][c]);
                largest =
                        Float.isNaN(difference)
                                ? Float.POSITIVE_INFINITY
                                : Math.max(largest, difference);
            }
        }
        return largest;
    }
}
