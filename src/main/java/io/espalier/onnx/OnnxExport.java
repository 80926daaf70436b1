package io.espalier.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.architecture.BertConfig;
import io.espalier.onnx.bert.BertGraph;
import io.espalier.onnx.graph.OnnxGraph;
import io.espalier.safetensors.SafetensorsFile;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a model's Hugging Face directory, dense or slim, as one ONNX file.
 *
 * <p>The file is a function of {@code config.json} and {@code model.safetensors}, byte for byte.
 * Weights are float32 whatever the checkpoint has, and pass one after the other: what is held of a
 * model is its largest matrix.
 */
public final class OnnxExport {

    /** What is written changes with this number. */
    private static final int FORMAT = 1;

    private OnnxExport() {}

    /**
     * Writes a model; the stream is flushed and left open.
     *
     * @throws IllegalArgumentException if the directory holds no model that is supported, its files
     *     contradict each other, or the model is too large for one file; nothing is written then
     */
    public static void write(Path modelDirectory, OutputStream out) throws IOException {
        BertConfig config = config(modelDirectory.resolve("config.json"));
        Path weights = modelDirectory.resolve("model.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            OnnxGraph graph = BertGraph.of(config, file);
            graph.metadata("espalier.format", Integer.toString(FORMAT));
            graph.metadata(
                    "espalier.labels", new ObjectMapper().writeValueAsString(config.labels()));
            if (config.parent() != null) {
                graph.metadata("espalier.parent", "sha256:" + config.parent());
            }
            graph.write(out);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(weights + ": " + e.getMessage(), e);
        }
    }

    private static BertConfig config(Path file) throws IOException {
        try {
            return BertConfig.parse(new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }
}
