package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.espalier.mask.Sublayer;
import io.espalier.model.SampleScorer.Unscorable;
import io.espalier.model.bert.BertTape;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the ways back through one batch, one for each of the samples' losses, show of every
 * sublayer; valid while its native scope is open.
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
    private final ScorerOptions options;
    private final NDManager scope;
    private final NDArray members; // (B, N), 1 where a token is a sample's
    private final NDArray tokens; // (B, 1), the samples' numbers of tokens
    private final List<List<float[][]>> gradients = new ArrayList<>(); // [sublayer][loss][B][U]
    private final NDArray[] inputs; // [sublayer] (N, k)
    private final NDArray[] norms; // [sublayer] (N, 1), squared, summed over losses
    private final List<List<NDArray>> metrics = new ArrayList<>(); // [sublayer], bands of (d, d)
    private float[][] logits = {};

    /** A pass over samples, which stand in the batch one after the other. */
    ScoringPass(
            List<ScorableSample> batch,
            List<Sublayer> sublayers,
            ScorerOptions options,
            NDManager scope) {
        this.batch = batch;
        this.sublayers = sublayers;
        this.options = options;
        this.scope = scope;
        this.members = scope.create(members(batch));
        this.tokens = members.sum(new int[] {1}, true);
        this.inputs = new NDArray[sublayers.size()];
        this.norms = new NDArray[sublayers.size()];
        for (int s = 0; s < sublayers.size(); s++) {
            gradients.add(new ArrayList<>());
            metrics.add(List.of());
        }
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

    /** Takes note of the samples' logits [B][C]. */
    void logits(float[][] values) {
        logits = values;
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
        gradients.get(sublayer).add(rows(flat, batch.size()));
        if (!options.moments()) {
            return;
        }
        boolean first = inputs[sublayer] == null;
        if (first) {
            inputs[sublayer] = input;
            input.attach(scope);
        }
        if (options.tokenWeight() == TokenWeight.IMPORTANCE) {
            NDArray squares = residualGradient.square().sum(new int[] {1}, true); // (N, 1)
            norms[sublayer] = added(first ? null : norms[sublayer], squares);
        }
        List<NDArray> before = metrics.get(sublayer);
        List<NDArray> now = new ArrayList<>();
        for (NDArray band : BandedTriangle.product(residualGradient)) {
            now.add(added(first ? null : before.get(now.size()), band));
        }
        metrics.set(sublayer, now);
    }

    /** The sum so far and a term more, in the outer scope. */
    private NDArray added(@Nullable NDArray sum, NDArray term) {
        NDArray added = sum == null ? term : sum.addi(term);
        added.attach(scope);
        return added;
    }

    /** The rows of a row-major matrix. */
    static float[][] rows(float[] flat, int count) {
        float[][] rows = new float[count][];
        int width = flat.length / count;
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }

    /** A product that lives where its second factor does. */
    private static NDArray product(NDArray a, NDArray b) {
        NDArray product = a.matMul(b);
        product.attach(b.getManager());
        return product;
    }

    /** Samples of which a logit or a gradient is NaN or infinite. */
    List<Unscorable> notFinite() {
        List<Unscorable> bad = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!allFinite(logits[i])) {
                bad.add(new Unscorable(batch.get(i), "logits are " + Arrays.toString(logits[i])));
                continue;
            }
            int sublayer = firstNotFinite(i);
            if (sublayer >= 0) {
                bad.add(
                        new Unscorable(
                                batch.get(i),
                                "mask gradient of sublayer " + sublayer + " is not finite"));
            }
        }
        return bad;
    }

    private int firstNotFinite(int sample) {
        for (int s = 0; s < gradients.size(); s++) {
            for (float[][] ofLoss : gradients.get(s)) {
                if (!allFinite(ofLoss[sample])) {
                    return s;
                }
            }
        }
        return -1;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Each sample's mask gradients, [losses][B][U]. */
    List<float[][]> gradients(int sublayer) {
        return gradients.get(sublayer);
    }

    /** The projection's input at every token, (N, k); not needed again. */
    NDArray inputs(int sublayer) {
        return inputs[sublayer];
    }

    /** The weight of every token, (N, 1). */
    NDArray tokenWeights(int sublayer) {
        if (options.tokenWeight() == TokenWeight.UNIFORM) {
            return members.sum(new int[] {0}).reshape(-1, 1);
        }
        NDArray squares = norms[sublayer];
        // The tiny constant guards a sample whose gradient is zero.
        NDArray mean = product(members, squares).div(tokens).addi(Float.MIN_NORMAL); // (B, 1)
        return squares.div(product(members.transpose(), mean)).muli(1 - FLOOR).addi(FLOOR);
    }

    /** The output metric of the batch, in bands of (d, d). */
    List<NDArray> metric(int sublayer) {
        return metrics.get(sublayer);
    }
}
