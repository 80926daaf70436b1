package io.espalier.onnx.bert;

import io.espalier.safetensors.TensorContent;

import java.io.IOException;

/** Where the numbers of a graph come from, under the names of Hugging Face checkpoints. */
interface Weights {

    /** Whether there is a tensor of this name. */
    boolean has(String name);

    /**
     * Makes sure that there is a tensor of a shape, before anything is written.
     *
     * @throws IllegalArgumentException naming the tensor and both shapes if there is none
     */
    void require(String name, long... shape);

    /** A tensor's elements, row-major. */
    float[] floats(String name) throws IOException;

    /** A tensor as float32, which need not fit into memory. */
    TensorContent content(String name);
}
