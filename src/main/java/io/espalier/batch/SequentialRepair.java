package io.espalier.batch;

import io.espalier.artifact.Folding;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenWeights;
import io.espalier.model.TwoStreams;
import io.espalier.tuning.RepairedProjection;
import io.espalier.tuning.ResidualRepair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/**
 * Repairs a pruned model from the bottom up over samples that can be run again: each projection is
 * solved with the inputs the student really has by then, against the dense model's residual sum.
 *
 * <p>Two layer-wise forward passes in all. One sample in five, by position, judges each sublayer's
 * solve and then joins in; see {@link ResidualRepair} for solve and ladder. Every sublayer is
 * repaired, whole ones too, for the streams below them differ; an empty one by its bias.
 *
 * @param threads to work on; their number does not change the result
 * @param ridge of the solve
 */
public record SequentialRepair(ExecutorService threads, double ridge) {

    /** The ridge to use; between 1e-4 and 1e-1 it makes little difference. */
    public static final double DEFAULT_RIDGE = 1e-2;

    private static final int HELD_OUT_ONE_IN = 5;

    /** The weight of tokens whose output nobody reads, where the mean over a sample is 1. */
    private static final float FLOOR = 0.1f;

    /** Repairs with {@link #weights}. */
    public List<RepairedProjection> repair(
            TextClassifier dense, List<Encoding> samples, PruningMask mask)
            throws InterruptedException {
        return repair(dense, samples, mask, weights(mask.sublayers()));
    }

    /**
     * Repairs a model.
     *
     * @param dense stays untouched
     * @param samples to run over
     * @param mask 0 prunes a unit; all other values count as 1
     * @param weights of the tokens
     * @return for each sublayer, in model order, its projection over the kept inputs
     */
    public List<RepairedProjection> repair(
            TextClassifier dense, List<Encoding> samples, PruningMask mask, TokenWeights weights)
            throws InterruptedException {
        return repair(dense, samples, mask, weights, () -> {});
    }

    /** Repairs a model and tells of each sublayer that is done. */
    List<RepairedProjection> repair(
            TextClassifier dense,
            List<Encoding> samples,
            PruningMask mask,
            TokenWeights weights,
            Runnable progress)
            throws InterruptedException {
        ResidualRepair solver = new ResidualRepair(PositiveDefiniteSolver.best(), ridge);
        List<int[]> groups =
                List.of(
                        indices(samples.size(), false).toArray(),
                        indices(samples.size(), true).toArray());
        List<RepairedProjection> repaired = new ArrayList<>();
        try (TwoStreams streams = new TwoStreams(dense, samples, groups, threads)) {
            for (int s = 0; s < mask.sublayers().size(); s++) {
                Sublayer sublayer = mask.sublayers().get(s);
                float[] ones = ones(sublayer.units());
                float[] binary = mask.values(s);
                for (int u = 0; u < binary.length; u++) {
                    binary[u] = binary[u] == 0f ? 0f : 1f;
                }
                Projection kept = Folding.fold(sublayer, dense.projection(s), binary).projection();
                List<ResidualMoments> moments =
                        streams.meet(ones, ones, mask.keptUnits(s), kept, weights);
                RepairedProjection result =
                        solver.repair(sublayer.unitWidth(), kept, moments.get(0), moments.get(1));
                streams.advance(result.projection());
                repaired.add(result);
                progress.run();
            }
        }
        return repaired;
    }

    private static IntStream indices(int samples, boolean heldOut) {
        return IntStream.range(0, samples)
                .filter(i -> (i % HELD_OUT_ONE_IN == HELD_OUT_ONE_IN - 1) == heldOut);
    }

    /**
     * Weights for want of better ones: all tokens alike, but in the last layer, of which a
     * classifier reads the first token only, that one carries all but a floor. The mean over a
     * sample is 1.
     */
    public static TokenWeights weights(List<Sublayer> sublayers) {
        int last = sublayers.get(sublayers.size() - 1).layer();
        return (sublayer, sample, tokens) -> {
            if (sublayers.get(sublayer).layer() < last) {
                return ones(tokens);
            }
            float[] weights = new float[tokens];
            Arrays.fill(weights, FLOOR);
            weights[0] += (1 - FLOOR) * tokens;
            return weights;
        };
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1f);
        return ones;
    }
}
