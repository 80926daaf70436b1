package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import io.espalier.architecture.BertConfig;
import io.espalier.mask.SublayerKind;
import io.espalier.model.bert.BertInput.AttentionGroup;
import io.espalier.model.bert.BertWeights.Block;
import io.espalier.model.bert.BertWeights.Linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A forward pass of the dense model that remembers what its reverse needs.
 *
 * <p>The linear layers are reversed here, by one product each, for weights need no gradient; what
 * is not linear is reversed by the engine, step by step. So the gradients of every projection's
 * input and of every residual sum pass by and need not be asked for:
 *
 * <pre>
 *   g_t                the gradient at the residual sum r = x + X W' + b, pulled back through LN
 *   dl/dX = g W        at the projection's input
 *   dl/dx = g + sum over producers of (dl/dy) W_y
 * </pre>
 *
 * <p>Shape letters as in {@link BertForward}; k projection inputs. Lives in the manager of the
 * input and is used with gradient mode on, once.
 */
public final class BertTape {

    private final BertForward forward;
    private final BertWeights weights;
    private final BertConfig config;
    private final BertInput input;
    private final NDManager manager;
    private final List<Saved> saved = new ArrayList<>();
    private final Step head;

    /** What a sublayer leaves for the way back: its steps, and the projection's input (N, k). */
    private record Saved(List<Step> units, NDArray inputs, Step norm) {}

    /** Sees a sublayer on the way back. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * Takes note of a sublayer, from the last to the first.
         *
         * @param sublayer index in model order
         * @param inputs (N, k) the projection's input; lives as long as the tape's input
         * @param inputGradient (N, k) its gradient; may be overwritten, gone after the call
         * @param residualGradient (N, d) gradient of the residual sum before LayerNorm; gone after
         *     the call
         */
        void visit(int sublayer, NDArray inputs, NDArray inputGradient, NDArray residualGradient);
    }

    /** Runs the forward pass. */
    BertTape(BertForward forward, BertConfig config, BertWeights weights, BertInput input) {
        this.forward = forward;
        this.config = config;
        this.weights = weights;
        this.input = input;
        this.manager = input.ids().getManager();
        NDArray x = forward.embed(input);
        for (int i = 0; i < weights.blocks.size(); i++) {
            try (NDManager scope = manager.newSubManager()) {
                x.attach(scope);
                Saved sublayer = sublayer(i, x);
                saved.add(sublayer);
                x = sublayer.norm.value();
                x.attach(manager);
            }
        }
        head =
                Step.of(
                        leaves ->
                                forward.logits(
                                        forward.pool(
                                                BertForward.rows(
                                                        input.first(), leaves[0], manager))),
                        x);
    }

    private Saved sublayer(int index, NDArray x) {
        Block block = weights.blocks.get(index);
        boolean attention = config.dense().get(index).kind() == SublayerKind.ATTENTION;
        List<Step> units = attention ? contexts(block, x) : neurons(block, x);
        NDArray inputs = attention ? packed(units) : units.get(0).value();
        inputs.attach(manager);
        NDArray sum = BertForward.apply(block.projection(), inputs);
        sum.attach(x.getManager());
        Step norm = Step.of(leaves -> forward.normalise(leaves[0], block.norm()), sum.addi(x));
        return new Saved(units, inputs, norm.keep(manager));
    }

    private List<Step> neurons(Block block, NDArray x) {
        NDArray before = BertForward.apply(block.producers().get(0), x);
        return List.of(Step.of(leaves -> Activation.gelu(leaves[0]), before).keep(manager));
    }

    private List<Step> contexts(Block block, NDArray x) {
        NDManager scope = x.getManager();
        List<NDArray> rows =
                block.producers().stream().map(linear -> BertForward.apply(linear, x)).toList();
        List<Step> steps = new ArrayList<>();
        for (AttentionGroup group : input.groups()) {
            NDArray[] padded =
                    rows.stream()
                            .map(y -> BertForward.rows(group.padded(), y, scope))
                            .toArray(NDArray[]::new);
            steps.add(Step.of(y -> forward.attend(group, y[0], y[1], y[2]), padded).keep(manager));
        }
        return steps;
    }

    private NDArray packed(List<Step> contexts) {
        NDList parts = new NDList();
        for (int i = 0; i < contexts.size(); i++) {
            NDArray places = input.groups().get(i).packed();
            parts.add(BertForward.rows(places, contexts.get(i).value(), manager));
        }
        return NDArrays.concat(parts);
    }

    /** The logits (B, C), recorded; a loss is made of them and given to {@link #backward}. */
    public NDArray logits() {
        return head.output();
    }

    /** Runs the way back from a scalar loss. */
    public void backward(NDArray loss, Visitor visitor) {
        NDArray gradient = new Step(head.leaves(), loss).pull()[0]; // (N, d)
        for (int i = saved.size() - 1; i >= 0; i--) {
            try (NDManager scope = manager.newSubManager()) {
                gradient.attach(scope);
                gradient = back(i, gradient, visitor);
                gradient.attach(manager);
            }
        }
    }

    /** The gradient of a sublayer's input; of the first, whose input needs none, only a part. */
    private NDArray back(int index, NDArray gradient, Visitor visitor) {
        NDManager scope = gradient.getManager();
        Saved sublayer = saved.get(index);
        Block block = weights.blocks.get(index);
        NDArray residual = sublayer.norm.pull(gradient)[0];
        residual.attach(scope);
        NDArray inputs = residual.matMul(weight(block.projection())); // (N, k)
        NDArray[] producers = index == 0 ? new NDArray[0] : producers(index, inputs);
        visitor.visit(index, sublayer.inputs, inputs, residual);
        for (int i = 0; i < producers.length; i++) {
            residual.addi(producers[i].matMul(weight(block.producers().get(i))));
        }
        return residual;
    }

    /** The gradients of what the producers gave, from that of the projection's input. */
    private NDArray[] producers(int index, NDArray gradient) {
        NDManager scope = gradient.getManager();
        List<Step> units = saved.get(index).units;
        if (config.dense().get(index).kind() == SublayerKind.FFN) {
            NDArray before = units.get(0).pull(gradient)[0];
            before.attach(scope);
            return new NDArray[] {before};
        }
        NDList[] parts = {new NDList(), new NDList(), new NDList()};
        for (int i = 0; i < units.size(); i++) {
            AttentionGroup group = input.groups().get(i);
            NDArray padded = BertForward.rows(group.padded(), gradient, scope).muli(group.valid());
            long width = gradient.getShape().get(1);
            NDArray[] pulled = units.get(i).pull(padded.reshape(-1, width));
            for (int p = 0; p < pulled.length; p++) {
                pulled[p].attach(scope);
                NDArray flat = pulled[p].reshape(-1, width);
                parts[p].add(BertForward.rows(group.packed(), flat, scope));
            }
        }
        return java.util.Arrays.stream(parts).map(NDArrays::concat).toArray(NDArray[]::new);
    }

    private static NDArray weight(Linear linear) {
        return Objects.requireNonNull(linear.weight(), "a dense model has all weights");
    }
}
