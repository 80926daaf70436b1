package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

import java.util.Arrays;
import java.util.function.Function;

/**
 * A function's value, recorded by the engine so that a gradient can be pulled back through it, and
 * cut off from everything before and after.
 *
 * <p>Made and pulled with gradient mode on; pulled at most once.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Step(NDArray[] leaves, NDArray output) {

    /** Applies a function to inputs, of which it sees leaves of their own. */
    static Step of(Function<NDArray[], NDArray> function, NDArray... inputs) {
        NDArray[] leaves = new NDArray[inputs.length];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = inputs[i].stopGradient();
            leaves[i].setRequiresGradient(true);
        }
        return new Step(leaves, function.apply(leaves));
    }

    /** Keeps what the pull needs in a manager. */
    Step keep(NDManager manager) {
        output.attach(manager);
        Arrays.stream(leaves).forEach(leaf -> leaf.attach(manager));
        return this;
    }

    /** The value, through which no gradient passes. */
    NDArray value() {
        return output.stopGradient();
    }

    /**
     * The gradients of the inputs for a gradient of the output, of the same shape; they live where
     * the step is kept. Frees the step.
     */
    NDArray[] pull(NDArray gradient) {
        JniUtils.backward((PtNDArray) output, (PtNDArray) gradient, false, false);
        output.close();
        NDArray[] gradients = new NDArray[leaves.length];
        for (int i = 0; i < leaves.length; i++) {
            gradients[i] = leaves[i].getGradient();
            leaves[i].close();
        }
        return gradients;
    }

    /** The gradients of the inputs of a step whose output is a scalar. */
    NDArray[] pull() {
        return pull(output.getManager().ones(new Shape()));
    }
}
