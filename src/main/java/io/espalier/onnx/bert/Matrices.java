package io.espalier.onnx.bert;

import io.espalier.onnx.graph.OnnxGraph;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.TensorContent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint's tensors as a graph's initialisers.
 *
 * <p>A checkpoint has weights as [out, in], for {@code x W'}; a graph multiplies {@code x W}, so
 * weights are transposed as they are written, one module in memory at a time. Every shape is
 * checked when the initialiser is added.
 */
final class Matrices {

    /** Modules that read the same input, side by side. */
    record Modules(List<String> names, int out, int in) {

        static Modules of(String name, int out, int in) {
            return new Modules(List.of(name), out, in);
        }

        /** The names' common beginning and, if there are several, their ends: {@code a.q+k+v}. */
        String label() {
            String first = names.get(0);
            int end = first.lastIndexOf('.') + 1;
            return first.substring(0, end)
                    + String.join("+", names.stream().map(n -> n.substring(end)).toList());
        }
    }

    private final OnnxGraph graph;
    private final Weights weights;

    Matrices(OnnxGraph graph, Weights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /** A tensor as it is. */
    String tensor(String name, long... shape) {
        weights.require(name, shape);
        return graph.weights(name, weights.content(name));
    }

    /** Modules' weights as one matrix [in, modules * out]. */
    String matrix(Modules modules) {
        for (String name : modules.names()) {
            weights.require(name + ".weight", modules.out(), modules.in());
        }
        return graph.weights(
                modules.label() + ".weight.T",
                new TensorContent(
                        DType.F32,
                        List.of((long) modules.in(), (long) modules.names().size() * modules.out()),
                        out -> writeTransposed(modules, out)));
    }

    /** Modules' biases as one vector [modules * out]. */
    String biases(Modules modules) {
        for (String name : modules.names()) {
            weights.require(name + ".bias", modules.out());
        }
        return graph.weights(
                modules.label() + ".bias",
                new TensorContent(
                        DType.F32,
                        List.of((long) modules.names().size() * modules.out()),
                        out -> {
                            for (String name : modules.names()) {
                                weights.content(name + ".bias").payload().writeTo(out);
                            }
                        }));
    }

    /** Scale of a LayerNorm; checkpoints converted from TensorFlow call it gamma. */
    String normScale(String name, int size) {
        return tensor(name + (hasOldNames(name) ? ".gamma" : ".weight"), size);
    }

    /** Shift of a LayerNorm; checkpoints converted from TensorFlow call it beta. */
    String normShift(String name, int size) {
        return tensor(name + (hasOldNames(name) ? ".beta" : ".bias"), size);
    }

    private boolean hasOldNames(String norm) {
        return !weights.has(norm + ".weight") && weights.has(norm + ".gamma");
    }

    private void writeTransposed(Modules modules, OutputStream out) throws IOException {
        List<float[]> matrices = new ArrayList<>();
        for (String name : modules.names()) {
            matrices.add(weights.floats(name + ".weight"));
        }
        ByteBuffer row =
                ByteBuffer.allocate(Float.BYTES * matrices.size() * modules.out())
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < modules.in(); i++) {
            row.clear();
            for (float[] matrix : matrices) {
                for (int o = 0; o < modules.out(); o++) {
                    row.putFloat(matrix[o * modules.in() + i]);
                }
            }
            out.write(row.array(), 0, row.position());
        }
    }
}
