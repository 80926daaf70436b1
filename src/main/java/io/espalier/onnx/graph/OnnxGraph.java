package io.espalier.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.TensorContent;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model under construction: opset 17, and ONNX Runtime's fused operations.
 *
 * <p>Writing is byte-stable, and streams: all but the weights is made with the format's generated
 * classes, the weights pass one after the other. A protobuf message ends at 2 GiB; a larger model
 * is refused before a byte is written.
 *
 * <p>Mutable, for one thread.
 */
public final class OnnxGraph {

    /** Domain of ONNX Runtime's own operations. */
    static final String FUSED = "com.microsoft";

    /** The element type of the same name, as an attribute. */
    public static final int INT32 = TensorProto.DataType.INT32_VALUE;

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FUSED_OPSET = 1;
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final ModelProto.Builder model =
            ModelProto.newBuilder()
                    .setIrVersion(IR_VERSION)
                    .setProducerName("espalier")
                    .addOpsetImport(opset("", OPSET))
                    .addOpsetImport(opset(FUSED, FUSED_OPSET));
    private final Map<String, TensorContent> initializers = new LinkedHashMap<>();

    /** A graph without nodes. */
    public OnnxGraph(String name) {
        graph.setName(name);
    }

    /** Adds an entry to the model's metadata. */
    public void metadata(String key, String value) {
        model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value).build());
    }

    /** Adds an input and returns its name. */
    public String input(String name, DType type, Dimension... shape) {
        graph.addInput(value(name, type, shape));
        return name;
    }

    /** Makes a node's output one of the model's. */
    public void output(String name, DType type, Dimension... shape) {
        graph.addOutput(value(name, type, shape));
    }

    /** Adds a node behind all others and returns its output's name. */
    public String add(OnnxNode node) {
        graph.addNode(node.proto());
        return node.proto().getOutput(0);
    }

    /** Adds weights, or leaves them if they are there already, and returns their name. */
    public String weights(String name, TensorContent content) {
        initializers.putIfAbsent(name, content);
        return name;
    }

    /** Adds a list of whole numbers and returns its name. */
    public String numbers(String name, long... values) {
        TensorContent content =
                new TensorContent(
                        DType.I64,
                        List.of((long) values.length),
                        out -> {
                            CodedOutputStream coded = CodedOutputStream.newInstance(out);
                            for (long value : values) {
                                coded.writeFixed64NoTag(value);
                            }
                            coded.flush();
                        });
        return weights(name, content);
    }

    /**
     * Writes the model; the stream is flushed and left open.
     *
     * @throws IllegalArgumentException if the model is too large for its format
     */
    public void write(OutputStream stream) throws IOException {
        ModelProto around = model.build();
        GraphProto within = graph.build();
        long graphBytes = within.getSerializedSize();
        for (Map.Entry<String, TensorContent> entry : initializers.entrySet()) {
            TensorContent content = entry.getValue();
            graphBytes += field(GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(entry));
            requireRoom(graphBytes, content.bytes());
        }
        requireRoom(field(ModelProto.GRAPH_FIELD_NUMBER, graphBytes), around.getSerializedSize());
        Counting counting = new Counting(stream);
        CodedOutputStream out = CodedOutputStream.newInstance(counting);
        around.writeTo(out);
        header(out, ModelProto.GRAPH_FIELD_NUMBER, graphBytes);
        within.writeTo(out);
        for (Map.Entry<String, TensorContent> entry : initializers.entrySet()) {
            header(out, GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(entry));
            tensor(entry).writeTo(out);
            header(out, TensorProto.RAW_DATA_FIELD_NUMBER, entry.getValue().bytes());
            out.flush();
            long before = counting.written;
            entry.getValue().payload().writeTo(counting);
            requireAll(entry, counting.written - before);
        }
        out.flush();
        stream.flush();
    }

    /** A tensor but for its elements. */
    private static TensorProto tensor(Map.Entry<String, TensorContent> entry) {
        return TensorProto.newBuilder()
                .addAllDims(entry.getValue().shape())
                .setDataType(type(entry.getValue().dtype()))
                .setName(entry.getKey())
                .build();
    }

    private static long tensorBytes(Map.Entry<String, TensorContent> entry) {
        return tensor(entry).getSerializedSize()
                + field(TensorProto.RAW_DATA_FIELD_NUMBER, entry.getValue().bytes());
    }

    /** Bytes of a length-delimited field: tag, length, content. */
    private static long field(int number, long content) {
        return CodedOutputStream.computeTagSize(number)
                + CodedOutputStream.computeUInt64SizeNoTag(content)
                + content;
    }

    private static void header(CodedOutputStream out, int number, long content) throws IOException {
        out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(content);
    }

    private static void requireRoom(long bytes, long more) {
        if (bytes + more > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the model needs "
                            + (bytes + more)
                            + " bytes or more as ONNX, one file holds "
                            + MAX_BYTES
                            + "; publish it in another format, or prune further");
        }
    }

    private static void requireAll(Map.Entry<String, TensorContent> entry, long written)
            throws IOException {
        if (written != entry.getValue().bytes()) {
            throw new IOException(
                    "tensor '"
                            + entry.getKey()
                            + "': shape "
                            + entry.getValue().shape()
                            + " needs "
                            + entry.getValue().bytes()
                            + " bytes, its content gave "
                            + written);
        }
    }

    private static ValueInfoProto value(String name, DType type, Dimension... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (Dimension dimension : shape) {
            dimensions.addDim(dimension.proto());
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type(type))
                                                .setShape(dimensions)))
                .build();
    }

    private static int type(DType type) {
        return switch (type) {
            case F32 -> TensorProto.DataType.FLOAT_VALUE;
            case I64 -> TensorProto.DataType.INT64_VALUE;
            case I32 -> INT32;
            default -> throw new IllegalArgumentException("no tensor of type " + type + " is used");
        };
    }

    private static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
    }

    /** Counts what passes. */
    private static final class Counting extends FilterOutputStream {
        private long written;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            written += length;
        }
    }
}
