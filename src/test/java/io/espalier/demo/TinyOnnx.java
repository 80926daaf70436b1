package io.espalier.demo;

import com.google.protobuf.CodedOutputStream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A writer of ONNX models that hold MatMul nodes and initialisers, as an exporter orders them. */
final class TinyOnnx {
    static final int FLOAT = 1;
    static final int INT64 = 7;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

    /** Adds a MatMul of a running value with an initialiser. */
    TinyOnnx matMul(String node, String initializer) {
        return node("MatMul", node, initializer);
    }

    /** Adds a node with two inputs. */
    TinyOnnx node(String operator, String node, String initializer) {
        return field(
                1,
                message(
                        out -> {
                            out.writeString(1, "running_value");
                            out.writeString(1, initializer);
                            out.writeString(2, "output");
                            out.writeString(3, node);
                            out.writeString(4, operator);
                        }));
    }

    /** Adds a float32 initialiser. */
    TinyOnnx floats(String name, List<Integer> dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return initializer(name, FLOAT, dims, raw.array());
    }

    /** Adds an initialiser of any type. */
    TinyOnnx initializer(String name, int dataType, List<Integer> dims, byte[] raw) {
        return field(
                5,
                message(
                        out -> {
                            for (int dim : dims) {
                                out.writeInt64(1, dim);
                            }
                            out.writeInt32(2, dataType);
                            out.writeString(8, name);
                            out.writeByteArray(9, raw);
                        }));
    }

    /** The model around the graph, with the fields before it that real ones have. */
    byte[] model() {
        return message(
                out -> {
                    out.writeInt64(1, 6);
                    out.writeString(2, "pytorch");
                    out.writeByteArray(7, graph.toByteArray());
                });
    }

    private TinyOnnx field(int number, byte[] value) {
        graph.writeBytes(message(out -> out.writeByteArray(number, value)));
        return this;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Writes the fields of one message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }
}
