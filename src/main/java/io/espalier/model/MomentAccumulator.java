package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.SublayerStatistics;

import java.util.Arrays;
import java.util.List;

/**
 * Weighted moments of one projection's input and the metric of its output, gathered where the
 * activations are; nothing large is copied out before {@link #drainInto}.
 */
final class MomentAccumulator {

    private final int width;
    private final BandedTriangle gram;
    private final BandedTriangle metric;
    private final double[] sum;
    private double weight;

    /** Empty moments of k inputs and d outputs. */
    MomentAccumulator(int width, int hidden, NDManager manager) {
        this.width = width;
        this.gram = new BandedTriangle(width, manager);
        this.metric = new BandedTriangle(hidden, manager);
        this.sum = new double[width];
    }

    /**
     * Adds a batch.
     *
     * @param x (n, k) inputs; overwritten
     * @param weights (n, 1) token weights, at least 0
     * @param batchMetric the batch's own, in bands of (d, d)
     */
    void add(NDArray x, NDArray weights, List<NDArray> batchMetric) {
        metric.add(batchMetric);
        try (NDManager scope = x.getManager().newSubManager()) {
            weights.attach(scope);
            x.attach(scope);
            NDArray roots = weights.sqrt();
            NDArray scaled = x.muli(roots); // (n, k)
            gram.add(BandedTriangle.product(scaled));
            float[] batchSum = roots.transpose().matMul(scaled).toFloatArray();
            for (int i = 0; i < width; i++) {
                sum[i] += batchSum[i];
            }
            for (float w : weights.toFloatArray()) {
                weight += w;
            }
        }
    }

    /** Adds what was gathered to the statistics and starts anew. */
    void drainInto(SublayerStatistics statistics) {
        if (weight == 0) {
            return;
        }
        ProjectionMoments moments = statistics.moments();
        moments.addSums(weight, sum);
        gram.drain(moments::addGramRow);
        metric.drain(statistics.metric()::addRow);
        Arrays.fill(sum, 0);
        weight = 0;
    }
}
