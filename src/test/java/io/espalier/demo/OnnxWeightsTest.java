package io.espalier.demo;

import io.espalier.safetensors.FloatTensor;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Reads small models written field by field. */
class OnnxWeightsTest {
    private static final String QUERY = "/encoder/layer.0/attention/self/query/MatMul";
    private static final List<Integer> TWO_BY_THREE = List.of(2, 3);
    private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

    @Test
    void namesAnAnonymousWeightByItsMatMulAndTransposesIt() throws IOException {
        Map<String, FloatTensor> weights =
                read(
                        new TinyOnnx()
                                .matMul(QUERY, "onnx::MatMul_17")
                                .floats("onnx::MatMul_17", TWO_BY_THREE, VALUES));

        assertThat(weights).containsOnlyKeys("encoder.layer.0.attention.self.query.weight");
        FloatTensor weight = weights.values().iterator().next();
        assertThat(weight.shape()).containsExactly(3, 2);
        assertThat(weight.values()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void keepsNamedWeightsAsTheyAreAndSkipsWhatIsNotFloat() throws IOException {
        Map<String, FloatTensor> weights =
                read(
                        new TinyOnnx()
                                .floats("embeddings.word_embeddings.weight", TWO_BY_THREE, VALUES)
                                .initializer(
                                        "embeddings.position_ids",
                                        TinyOnnx.INT64,
                                        List.of(1),
                                        new byte[8]));

        assertThat(weights).containsOnlyKeys("embeddings.word_embeddings.weight");
        FloatTensor table = weights.values().iterator().next();
        assertThat(table.shape()).containsExactly(2, 3);
        assertThat(table.values()).containsExactly(VALUES);
    }

    @Test
    void refusesAnAnonymousWeightThatNoMatMulNames() {
        assertThatThrownBy(
                        () ->
                                read(
                                        new TinyOnnx()
                                                .node("Add", QUERY, "onnx::MatMul_17")
                                                .floats("onnx::MatMul_17", TWO_BY_THREE, VALUES)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("onnx::MatMul_17");
    }

    @Test
    void refusesDataThatDoesNotFitTheShape() {
        assertThatThrownBy(() -> read(new TinyOnnx().floats("bias", List.of(7), VALUES)))
                .isInstanceOf(IOException.class)
                .hasMessage("initialiser 'bias' of shape [7] holds 6 float32 values");
        assertThatThrownBy(
                        () ->
                                read(
                                        new TinyOnnx()
                                                .floats("bias", List.of(1 << 30, 1 << 30), VALUES)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds 6 float32 values");
    }

    @Test
    void refusesATruncatedModelAtEveryLength() throws IOException {
        byte[] model = new TinyOnnx().floats("bias", List.of(6), VALUES).model();
        assertThat(read(model)).containsOnlyKeys("bias");

        for (int length = 12; length < model.length; length++) {
            byte[] truncated = Arrays.copyOf(model, length);
            assertThatThrownBy(() -> read(truncated)).isInstanceOf(IOException.class);
        }
    }

    private static Map<String, FloatTensor> read(TinyOnnx onnx) throws IOException {
        return read(onnx.model());
    }

    private static Map<String, FloatTensor> read(byte[] model) throws IOException {
        return OnnxWeights.read(new ByteArrayInputStream(model), model.length, Progress.NONE);
    }
}
