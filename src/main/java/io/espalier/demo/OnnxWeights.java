package io.espalier.demo;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.espalier.safetensors.FloatTensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The float32 weights of an exported encoder, under their Hugging Face names.
 *
 * <p>An exporter keeps the names of biases, LayerNorms and embeddings, but turns {@code x W'} into
 * a MatMul with an anonymous initialiser {@code onnx::MatMul_n} of shape [in, out]. The node's
 * name, {@code /encoder/layer.0/attention/self/query/MatMul}, still tells the parameter's: it is
 * transposed to [out, in] and called {@code encoder.layer.0.attention.self.query.weight}.
 *
 * <p>Reads as it goes, by field number, and allocates no more than the stream's stated size.
 */
final class OnnxWeights {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATOR = 4;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int FLOAT = 1;
    private static final String ANONYMOUS = "onnx::";
    private static final String MATMUL = "/MatMul";

    private final CodedInputStream in;
    private final Progress progress;
    private final long bytes;
    private final Map<String, String> nodeByInput = new HashMap<>();
    private final Map<String, FloatTensor> initializers = new TreeMap<>();

    private OnnxWeights(InputStream stream, long bytes, Progress progress) {
        this.in = CodedInputStream.newInstance(stream, 1 << 16);
        this.bytes = bytes;
        this.progress = progress;
    }

    /**
     * Reads the weights of a model.
     *
     * @param bytes the model's length; nothing in it may claim to be longer
     * @throws IOException if the stream is no ONNX model, or holds a weight that cannot be named
     */
    static Map<String, FloatTensor> read(InputStream stream, long bytes, Progress progress)
            throws IOException {
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new IOException("ONNX model of %d bytes: at most 2 GiB fit".formatted(bytes));
        }
        OnnxWeights reader = new OnnxWeights(stream, bytes, progress);
        reader.in.setSizeLimit(Integer.MAX_VALUE);
        try {
            reader.message((int) bytes, reader::modelField);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("not an ONNX model: " + e.getMessage(), e);
        }
        return reader.named();
    }

    /** Reads the fields of one message of a known length. */
    private void message(int length, FieldReader field) throws IOException {
        int outer = in.pushLimit(length);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!field.read(WireFormat.getTagFieldNumber(tag), tag)) {
                in.skipField(tag);
            }
        }
        if (in.getBytesUntilLimit() != 0) {
            throw new IOException(
                    "ONNX model ends %d bytes early".formatted(in.getBytesUntilLimit()));
        }
        in.popLimit(outer);
    }

    private boolean modelField(int field, int tag) throws IOException {
        if (field == MODEL_GRAPH) {
            message(in.readRawVarint32(), this::graphField);
        }
        return field == MODEL_GRAPH;
    }

    private boolean graphField(int field, int tag) throws IOException {
        switch (field) {
            case GRAPH_NODE -> node();
            case GRAPH_INITIALIZER -> {
                initializer();
                progress.update("import encoder", in.getTotalBytesRead(), bytes);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void node() throws IOException {
        List<String> inputs = new ArrayList<>();
        String[] nameAndOperator = {"", ""};
        message(
                in.readRawVarint32(),
                (field, tag) -> {
                    switch (field) {
                        case NODE_INPUT -> inputs.add(in.readString());
                        case NODE_NAME -> nameAndOperator[0] = in.readString();
                        case NODE_OPERATOR -> nameAndOperator[1] = in.readString();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        if (nameAndOperator[1].equals("MatMul")) {
            inputs.forEach(input -> nodeByInput.put(input, nameAndOperator[0]));
        }
    }

    private void initializer() throws IOException {
        Initializer tensor = new Initializer();
        message(in.readRawVarint32(), tensor::field);
        if (tensor.dataType == FLOAT) {
            initializers.put(tensor.name, tensor.toFloatTensor());
        }
    }

    private Map<String, FloatTensor> named() throws IOException {
        Map<String, FloatTensor> weights = new TreeMap<>();
        for (Map.Entry<String, FloatTensor> entry : initializers.entrySet()) {
            String name = entry.getKey();
            if (!name.startsWith(ANONYMOUS)) {
                weights.put(name, entry.getValue());
                continue;
            }
            String node = nodeByInput.getOrDefault(name, "");
            if (!node.startsWith("/") || !node.endsWith(MATMUL)) {
                throw new IOException(
                        "initialiser '%s' of the ONNX model feeds no MatMul that names a parameter (node '%s')"
                                .formatted(name, node));
            }
            String module = node.substring(1, node.length() - MATMUL.length()).replace('/', '.');
            weights.put(module + ".weight", transposed(name, entry.getValue()));
        }
        return weights;
    }

    private static FloatTensor transposed(String name, FloatTensor tensor) throws IOException {
        int[] shape = tensor.shape();
        if (shape.length != 2) {
            throw new IOException(
                    "initialiser '%s' has %d dimensions, expected 2".formatted(name, shape.length));
        }
        int rows = shape[0];
        int columns = shape[1];
        float[] from = tensor.values();
        float[] to = new float[from.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                to[column * rows + row] = from[row * columns + column];
            }
        }
        return new FloatTensor(new int[] {columns, rows}, to);
    }

    /** Reads one field of a message, or returns false to have it skipped. */
    @FunctionalInterface
    private interface FieldReader {
        boolean read(int field, int tag) throws IOException;
    }

    /** One TensorProto while it is being read. */
    private final class Initializer {
        private final List<Long> dims = new ArrayList<>();
        private int dataType;
        private String name = "";
        private float[] values = {};

        private boolean field(int field, int tag) throws IOException {
            switch (field) {
                case TENSOR_DIMS -> dims(tag);
                case TENSOR_DATA_TYPE -> dataType = in.readInt32();
                case TENSOR_NAME -> name = in.readString();
                case TENSOR_RAW_DATA -> values = floats(in.readRawVarint32());
                default -> {
                    return false;
                }
            }
            return true;
        }

        /** Dims come one by one or, from other writers, packed. */
        private void dims(int tag) throws IOException {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                dims.add(in.readInt64());
                return;
            }
            int outer = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                dims.add(in.readInt64());
            }
            in.popLimit(outer);
        }

        /** The limit check of pushLimit comes before the allocation. */
        private float[] floats(int length) throws IOException {
            int outer = in.pushLimit(length);
            float[] read = new float[length / Float.BYTES];
            for (int i = 0; i < read.length; i++) {
                read[i] = Float.intBitsToFloat(in.readRawLittleEndian32());
            }
            in.skipRawBytes(in.getBytesUntilLimit());
            in.popLimit(outer);
            return read;
        }

        private FloatTensor toFloatTensor() throws IOException {
            int[] shape = new int[dims.size()];
            long elements = 1;
            for (int i = 0; i < shape.length; i++) {
                long dim = dims.get(i);
                if (dim < 1 || dim > values.length || elements > values.length) {
                    throw misshapen();
                }
                shape[i] = (int) dim;
                elements *= dim;
            }
            if (elements != values.length) {
                throw misshapen();
            }
            return new FloatTensor(shape, values);
        }

        private IOException misshapen() {
            return new IOException(
                    "initialiser '%s' of shape %s holds %d float32 values"
                            .formatted(name, dims, values.length));
        }
    }
}
