package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.espalier.mask.Sublayer;
import io.espalier.model.SampleScorer.Unscorable;
import io.espalier.model.bert.BertTape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the way back through one batch shows of every sublayer, valid while its native scope is
 * open.
 *
 * <p>Shape letters: N tokens of B samples, U units, k projection inputs, d hidden. With all masks
 * at 1 the gradient of a unit's mask is the input times its gradient, summed over the unit's inputs
 * and the sample's tokens.
 */
final class ScoringPass implements BertTape.Visitor {

    /** The part of a token's weight that does not depend on its importance. */
    private static final float FLOOR = 0.1f;

    private final List<ScorableSample> batch;
    private final List<Sublayer> sublayers;
    private final NDArray members; // (B, N), 1 where a token is a sample's
    private final NDArray tokens; // (B, 1), the samples' numbers of tokens
    private final float[][][] gradients; // [sublayer][B][U]
    private final NDArray[] inputs; // [sublayer] (N, k)
    private final NDArray[] weights; // [sublayer] (N, 1)
    private float[] losses = {};

    /** A pass over samples, which stand in the batch one after the other. */
    ScoringPass(List<ScorableSample> batch, List<Sublayer> sublayers, NDManager scope) {
        this.batch = batch;
        this.sublayers = sublayers;
        this.members = scope.create(members(batch));
        this.tokens = members.sum(new int[] {1}, true);
        this.gradients = new float[sublayers.size()][][];
        this.inputs = new NDArray[sublayers.size()];
        this.weights = new NDArray[sublayers.size()];
    }

    private static float[][] members(List<ScorableSample> batch) {
        int all = batch.stream().mapToInt(sample -> sample.encoding().length()).sum();
        float[][] members = new float[batch.size()][all];
        int start = 0;
        for (int i = 0; i < members.length; i++) {
            int end = start + batch.get(i).encoding().length();
            Arrays.fill(members[i], start, end, 1f);
            start = end;
        }
        return members;
    }

    /** Takes note of the samples' losses (B). */
    void losses(NDArray values) {
        losses = values.toFloatArray();
    }

    @Override
    public void visit(
            int sublayer, NDArray input, NDArray inputGradient, NDArray residualGradient) {
        int units = sublayers.get(sublayer).units();
        int width = sublayers.get(sublayer).unitWidth();
        NDArray products = inputGradient.muli(input);
        NDArray ofTokens =
                width == 1 ? products : products.reshape(-1, units, width).sum(new int[] {2});
        float[] flat = product(members, ofTokens).toFloatArray();
        gradients[sublayer] = new float[batch.size()][];
        for (int i = 0; i < batch.size(); i++) {
            gradients[sublayer][i] = Arrays.copyOfRange(flat, i * units, (i + 1) * units);
        }
        inputs[sublayer] = input;
        weights[sublayer] = tokenWeights(residualGradient);
    }

    private NDArray tokenWeights(NDArray residualGradient) {
        NDArray norms = residualGradient.square().sum(new int[] {1}, true); // (N, 1)
        // The tiny constant guards a sample whose gradient is zero.
        NDArray mean = product(members, norms).div(tokens).addi(Float.MIN_NORMAL); // (B, 1)
        NDArray weight = norms.div(product(members.transpose(), mean)).muli(1 - FLOOR).addi(FLOOR);
        weight.attach(members.getManager());
        return weight;
    }

    /** A product that lives where its second factor does. */
    private static NDArray product(NDArray a, NDArray b) {
        NDArray product = a.matMul(b);
        product.attach(b.getManager());
        return product;
    }

    /** Samples whose loss or gradient is NaN or infinite. */
    List<Unscorable> notFinite() {
        List<Unscorable> bad = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!Float.isFinite(losses[i])) {
                bad.add(new Unscorable(batch.get(i), "loss is " + losses[i]));
                continue;
            }
            for (int s = 0; s < gradients.length; s++) {
                if (!allFinite(gradients[s][i])) {
                    bad.add(
                            new Unscorable(
                                    batch.get(i),
                                    "mask gradient of sublayer " + s + " is not finite"));
                    break;
                }
            }
        }
        return bad;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Each sample's mask gradient [B][U]. */
    float[][] gradients(int sublayer) {
        return gradients[sublayer];
    }

    /** The projection's input at every token, (N, k). */
    NDArray inputs(int sublayer) {
        return inputs[sublayer];
    }

    /** The weight of every token, (N, 1). */
    NDArray tokenWeights(int sublayer) {
        return weights[sublayer];
    }
}
