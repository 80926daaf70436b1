package io.espalier.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxModelMetadata;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorContent;
import io.espalier.testing.GeneratedBert;
import io.espalier.testing.OnnxClassifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an exported file says of itself, what it is made of, and what is refused. */
class OnnxExportTest {

    private static final GeneratedBert SMALL = GeneratedBert.SMALL;

    private static final byte[] ONE_AND_A_HALF = {0, 0, (byte) 0xc0, 0x3f};

    @TempDir private Path directory;

    @Test
    void takesTheConventionalInputs() throws Exception {
        Path slim = SMALL.writeSlim(directory, new int[] {2, 3}, new int[] {7, 9}, 1);
        Path onnx = OnnxParity.export(slim, directory.resolve("model.onnx"));
        try (OnnxClassifier model = new OnnxClassifier(onnx)) {
            assertThat(model.session().getInputNames())
                    .containsExactly("input_ids", "attention_mask", "token_type_ids");
            assertThat(model.session().getOutputNames()).containsExactly("logits");
            assertThat(model.session().getInputInfo().values())
                    .extracting(NodeInfo::getInfo)
                    .allSatisfy(
                            info ->
                                    assertThat(info.toString())
                                            .contains(
                                                    "INT64", "shape=[-1, -1]", "[batch,sequence]"));
            OnnxModelMetadata metadata = model.session().getMetadata();
            assertThat(metadata.getProducerName()).isEqualTo("espalier");
            assertThat(metadata.getCustomMetadata())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(
                                    "espalier.format",
                                    "1",
                                    "espalier.labels",
                                    "[\"LABEL_0\",\"LABEL_1\"]",
                                    "espalier.parent",
                                    "sha256:" + "0f".repeat(32)));
        }
    }

    @Test
    void halvesBecomeSingles() throws Exception {
        Path single = SMALL.writeDense(directory.resolve("single"), 1, 1);
        retype(single, DType.F32, ONE_AND_A_HALF);
        Path half = SMALL.writeDense(directory.resolve("half"), 1, 1);
        retype(half, DType.F16, new byte[] {0, 0x3e});
        Path brain = SMALL.writeDense(directory.resolve("brain"), 1, 1);
        retype(brain, DType.BF16, new byte[] {(byte) 0xc0, 0x3f});
        byte[] expected = export(single);
        assertThat(export(half)).isEqualTo(expected);
        assertThat(export(brain)).isEqualTo(expected);
    }

    @Test
    void wholeNumbersAreNoWeights() throws Exception {
        Path model = SMALL.writeDense(directory, 1, 1);
        export(model);
        retype(model, DType.I8, new byte[1]);
        assertRefused(model, "tensor 'bert.embeddings.word_embeddings.weight' is I8, weights are");
    }

    @Test
    void aMissingTensorIsRefusedBeforeAByteIsWritten() throws Exception {
        Path model = SMALL.writeDense(directory, 1, 1);
        export(model);
        edit(model, tensors -> tensors.remove("bert.encoder.layer.0.attention.self.key.bias"));
        assertRefused(
                model, "'bert.encoder.layer.0.attention.self.key.bias' is missing; the file has");
    }

    @Test
    void aTensorOfAnotherShapeIsRefused() throws Exception {
        Path model = SMALL.writeDense(directory, 1, 1);
        export(model);
        edit(
                model,
                tensors ->
                        tensors.put(
                                "classifier.bias", filled(DType.F32, ONE_AND_A_HALF, List.of(3L))));
        assertRefused(model, "'classifier.bias' has shape [3], config.json asks for [2]");
    }

    @Test
    void anotherArchitectureIsRefusedByName() throws Exception {
        Path model = SMALL.writeDense(directory, 1, 1);
        export(model);
        Path config = model.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"gelu\"", "\"relu\""));
        assertRefused(model, "config.json: hidden_act 'relu' is not supported");
        Files.writeString(config, "{");
        assertRefused(model, "config.json: not JSON");
    }

    private static void assertRefused(Path model, String message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> OnnxExport.write(model, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThat(out.size()).isZero();
    }

    private static byte[] export(Path model) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OnnxExport.write(model, out);
        return out.toByteArray();
    }

    private static void retype(Path model, DType type, byte[] element) throws Exception {
        edit(model, all -> all.replaceAll((name, t) -> filled(type, element, t.shape())));
    }

    private static TensorContent filled(DType type, byte[] element, List<Long> shape) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        return new TensorContent(
                type,
                shape,
                out -> {
                    for (long i = 0; i < elements; i++) {
                        out.write(element);
                    }
                });
    }

    /** Changes tensors in place. */
    private interface Edit {
        void apply(Map<String, TensorContent> tensors);
    }

    private static void edit(Path model, Edit edit) throws Exception {
        Path path = model.resolve("model.safetensors");
        Path old = Files.move(path, model.resolve("old.safetensors"));
        try (SafetensorsFile file = SafetensorsFile.open(old);
                OutputStream out = Files.newOutputStream(path)) {
            Map<String, TensorContent> tensors = new TreeMap<>();
            for (String name : file.tensors().keySet()) {
                tensors.put(name, file.stored(name));
            }
            edit.apply(tensors);
            SafetensorsWriter.write(out, tensors, SafetensorsWriter.PT);
        }
        Files.delete(old);
    }
}
