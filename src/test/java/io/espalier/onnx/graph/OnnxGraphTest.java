package io.espalier.onnx.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.TensorContent;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is streamed is a model that the format's own classes read. */
class OnnxGraphTest {

    @Test
    void theFormatsOwnClassesReadWhatIsStreamed() throws IOException {
        OnnxGraph graph = new OnnxGraph("g");
        graph.metadata("key", "value");
        String x = graph.input("x", DType.F32, Dimension.BATCH, Dimension.of(2));
        String w =
                graph.weights(
                        "w",
                        TensorContent.of(
                                new FloatTensor(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6})));
        graph.add(
                OnnxNode.of("Gather", "n", x, graph.numbers("i", 7, -1), w)
                        .with("axis", -1)
                        .with("epsilon", 0.5f)
                        .with("sizes", new long[] {3, 4}));
        graph.output("n", DType.F32, Dimension.BATCH, Dimension.SEQUENCE);
        ModelProto model = ModelProto.parseFrom(bytes(graph));

        assertThat(model.getIrVersion()).isEqualTo(8);
        assertThat(model.getProducerName()).isEqualTo("espalier");
        assertThat(model.getOpsetImportList())
                .extracting(opset -> opset.getDomain() + opset.getVersion())
                .containsExactly("17", "com.microsoft1");
        assertThat(model.getMetadataProps(0).getValue()).isEqualTo("value");
        assertThat(model.getGraph().getNode(0).getInputList()).containsExactly("x", "i", "w");
        assertThat(model.getGraph().getNode(0).getAttribute(2).getIntsList())
                .containsExactly(3L, 4L);
        var shape = model.getGraph().getOutput(0).getType().getTensorType().getShape();
        assertThat(shape.getDim(1).getDimParam()).isEqualTo("sequence");
        TensorProto numbers = model.getGraph().getInitializer(1);
        assertThat(numbers.getName()).isEqualTo("i");
        assertThat(numbers.getDataType()).isEqualTo(TensorProto.DataType.INT64_VALUE);
        TensorProto weights = model.getGraph().getInitializer(0);
        assertThat(weights.getDimsList()).containsExactly(2L, 3L);
        assertThat(
                        weights.getRawData()
                                .asReadOnlyByteBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getFloat(20))
                .isEqualTo(6f);
    }

    @Test
    void aModelOfTwoGibibytesIsRefusedBeforeAByteIsWritten() throws IOException {
        OnnxGraph fits = new OnnxGraph("g");
        fits.weights("w", zeros(1 << 18));
        fits.write(OutputStream.nullOutputStream());

        OnnxGraph large = new OnnxGraph("g");
        large.weights("v", zeros(1 << 18));
        large.weights("w", zeros(1 << 29));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> large.write(out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(" bytes or more as ONNX, one file holds 2147483647");
        assertThat(out.size()).isZero();
    }

    @Test
    void contentThatIsShorterThanItsShapeIsRefused() throws IOException {
        OnnxGraph whole = new OnnxGraph("g");
        whole.weights("w", content(2, 8));
        assertThat(bytes(whole)).isNotEmpty();

        OnnxGraph half = new OnnxGraph("g");
        half.weights("w", content(2, 4));
        assertThatThrownBy(() -> bytes(half))
                .isInstanceOf(IOException.class)
                .hasMessage("tensor 'w': shape [2] needs 8 bytes, its content gave 4");
    }

    private static TensorContent content(long elements, int bytes) {
        return new TensorContent(DType.F32, List.of(elements), out -> out.write(new byte[bytes]));
    }

    private static TensorContent zeros(int elements) {
        return new TensorContent(
                DType.F32,
                List.of((long) elements),
                out -> {
                    byte[] chunk = new byte[1 << 18];
                    for (long done = 0; done < 4L * elements; done += chunk.length) {
                        out.write(chunk);
                    }
                });
    }

    private static byte[] bytes(OnnxGraph graph) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.write(out);
        return out.toByteArray();
    }
}
