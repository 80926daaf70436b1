package io.espalier.onnx;

import io.espalier.artifact.Candidates;
import io.espalier.model.Encoding;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorInfo;
import io.espalier.testing.GeneratedBert;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import static io.espalier.onnx.OnnxParity.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;

/** ONNX Runtime gives the logits of our own forward pass, whatever a small model has lost. */
class OnnxParityTest {

    private static final GeneratedBert SMALL = GeneratedBert.SMALL;

    /** Lengths from 1 to 40: most rows of a batch are padded. */
    private static final List<Encoding> SAMPLES = SMALL.samples(64, 1, 40, 3);

    @TempDir private Path directory;

    @Test
    void aDenseModelAgrees() throws Exception {
        assertAgrees(SMALL.writeDense(directory.resolve("dense"), 3, 1));
    }

    @Test
    void layersOfTheirOwnWidthsAgree() throws Exception {
        assertAgrees(slim(new int[] {3, 1, 2}, new int[] {5, 48, 17}));
    }

    @Test
    void aLayerWithoutAttentionAgrees() throws Exception {
        assertAgrees(slim(new int[] {3, 0, 2}, new int[] {5, 48, 17}));
        assertAgrees(slim(new int[] {0, 4, 2}, new int[] {5, 48, 17}));
    }

    @Test
    void aLayerWithoutNeuronsAgrees() throws Exception {
        assertAgrees(slim(new int[] {3, 1, 2}, new int[] {5, 0, 17}));
        assertAgrees(slim(new int[] {3, 1, 2}, new int[] {0, 31, 17}));
    }

    @Test
    void aLayerWithoutEitherAgrees() throws Exception {
        assertAgrees(slim(new int[] {3, 0, 2}, new int[] {5, 0, 17}));
    }

    @Test
    void aLastLayerWithoutEitherOrBothAgrees() throws Exception {
        assertAgrees(slim(new int[] {3, 1, 0}, new int[] {5, 31, 17}));
        assertAgrees(slim(new int[] {3, 1, 2}, new int[] {5, 31, 0}));
        assertAgrees(slim(new int[] {3, 1, 0}, new int[] {5, 31, 0}));
    }

    @Test
    void anEncoderWithoutUnitsAgrees() throws Exception {
        assertAgrees(slim(new int[3], new int[3]));
    }

    @Test
    void aSingleLayerAgrees() throws Exception {
        assertAgrees(slim(new int[] {2}, new int[] {5}));
    }

    @Test
    void threeLabelsAndNegativeScalesAgree() throws Exception {
        Path parent = TinyBert.write(directory.resolve("tiny"));
        Path version = Candidates.publish(directory.resolve("store"), parent, "v1", 5);
        Path onnx = OnnxParity.export(version.resolve("slim"), directory.resolve("m.onnx"));
        List<Encoding> samples =
                new GeneratedBert(32, 4, 96, TinyBert.VOCABULARY, TinyBert.POSITIONS, 3)
                        .samples(64, 1, TinyBert.POSITIONS, 3);
        assertThat(OnnxParity.difference(onnx, version.resolve("slim"), samples, 32))
                .isLessThan(TOLERANCE);
    }

    @Test
    void checkpointsWithTheOldNamesOfLayerNormsAgree() throws Exception {
        Path dense = SMALL.writeDense(directory.resolve("dense"), 2, 1);
        edit(
                dense,
                tensors -> {
                    Map<String, FloatTensor> renamed = new TreeMap<>();
                    tensors.forEach(
                            (name, tensor) ->
                                    renamed.put(
                                            name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                                    .replace("LayerNorm.bias", "LayerNorm.beta"),
                                            tensor));
                    tensors.clear();
                    tensors.putAll(renamed);
                });
        assertAgrees(dense);
    }

    @Test
    void aMovedDirectoryGivesTheSameBytes() throws Exception {
        Path before = SMALL.writeDense(directory.resolve("before"), 2, 1);
        byte[] bytes = Files.readAllBytes(OnnxParity.export(before, directory.resolve("a.onnx")));
        Path after = Files.move(before, directory.resolve("after"));
        Path again = OnnxParity.export(after, directory.resolve("b.onnx"));
        assertThat(again).hasBinaryContent(bytes);
        assertThat(OnnxParity.difference(again, after, SAMPLES, 32)).isLessThan(TOLERANCE);
    }

    @Test
    void everyTensorCounts() throws Exception {
        Path slim = slim(new int[] {3, 1, 2}, new int[] {5, 8, 17});
        Path right = OnnxParity.export(slim, directory.resolve("right.onnx"));
        assertThat(OnnxParity.difference(right, slim, SAMPLES, 32)).isLessThan(TOLERANCE);
        byte[] weights = Files.readAllBytes(slim.resolve("model.safetensors"));
        for (String name : names(slim)) {
            if (name.endsWith("key.bias")) {
                continue; // Adds the same to all scores of a query: softmax takes it out.
            }
            edit(slim, tensors -> tensors.computeIfPresent(name, (n, t) -> wrong(t)));
            Path wrong = OnnxParity.export(slim, directory.resolve("wrong.onnx"));
            Files.write(slim.resolve("model.safetensors"), weights);
            assertThat(OnnxParity.difference(wrong, slim, SAMPLES, 32))
                    .as(name)
                    .isGreaterThan(10 * TOLERANCE);
        }
    }

    private Path slim(int[] heads, int[] neurons) throws Exception {
        Path slim = Files.createTempDirectory(directory, "slim");
        return SMALL.writeSlim(slim, heads, neurons, 7);
    }

    private void assertAgrees(Path model) throws Exception {
        Path onnx = OnnxParity.export(model, directory.resolve("model.onnx"));
        assertThat(OnnxParity.difference(onnx, model, SAMPLES, 1)).isLessThan(TOLERANCE);
        assertThat(OnnxParity.difference(onnx, model, SAMPLES, 32)).isLessThan(TOLERANCE);
    }

    /** Draws noise: what all elements have in common, a LayerNorm or softmax may take out. */
    private static FloatTensor wrong(FloatTensor tensor) {
        Random random = new Random(9);
        float[] values = tensor.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.3 * random.nextGaussian());
        }
        return new FloatTensor(tensor.shape(), values);
    }

    private static List<String> names(Path model) throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            return List.copyOf(file.tensors().keySet());
        }
    }

    /** Changes tensors in place. */
    private interface Edit {
        void apply(Map<String, FloatTensor> tensors);
    }

    private static void edit(Path model, Edit edit) throws Exception {
        Path path = model.resolve("model.safetensors");
        Map<String, FloatTensor> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorInfo info : file.tensors().values()) {
                int[] shape = info.shape().stream().mapToInt(Math::toIntExact).toArray();
                tensors.put(info.name(), new FloatTensor(shape, file.floats(info.name())));
            }
        }
        edit.apply(tensors);
        SafetensorsWriter.write(path, tensors, SafetensorsWriter.PT);
    }
}
