package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.linalg.GramSum;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Weighted moments of one projection's input and the metric of its output, on their way into open
 * statistics.
 *
 * <p>Second moments are summed in float32 for a few batches, where the activations are, and then
 * added in float64: the sum of a triangle costs as much as a tenth of its product.
 */
final class MomentAccumulator implements AutoCloseable {

    /** Batches whose second moments are summed in float32; some 16,000 tokens. */
    private static final int FLOAT_BATCHES = 8;

    private final int width;
    private final GramSum gram;
    private final BandedTriangle metric;
    private final double[] sum;
    private double weight;
    private int batches;

    /** Empty moments of k inputs and d outputs. */
    MomentAccumulator(int width, int hidden, NDManager manager) {
        this.width = width;
        this.gram = new GramSum(width);
        this.metric = new BandedTriangle(hidden, manager);
        this.sum = new double[width];
    }

    /**
     * Adds a batch.
     *
     * @param x (n, k) inputs; overwritten
     * @param weights (n, 1) token weights, at least 0
     * @param batchMetric the batch's own, in bands of (d, d)
     * @param open the statistics to come, whose second moments may be added to
     */
    void add(NDArray x, NDArray weights, List<NDArray> batchMetric, SublayerStatistics open) {
        metric.add(batchMetric);
        try (NDManager scope = x.getManager().newSubManager()) {
            weights.attach(scope);
            x.attach(scope);
            NDArray roots = weights.sqrt();
            NDArray scaled = x.muli(roots); // (n, k)
            gram.add(
                    scaled.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer(),
                    Math.toIntExact(scaled.getShape().get(0)));
            float[] batchSum = roots.transpose().matMul(scaled).toFloatArray();
            for (int i = 0; i < width; i++) {
                sum[i] += batchSum[i];
            }
            for (float w : weights.toFloatArray()) {
                weight += w;
            }
        }
        if (++batches == FLOAT_BATCHES) {
            gram.drainInto(open.moments().gram());
            batches = 0;
        }
    }

    /** Adds the rest of what was gathered to the statistics and starts anew. */
    void drainInto(SublayerStatistics open) {
        if (weight == 0) {
            return;
        }
        open.moments().addSums(weight, sum);
        gram.drainInto(open.moments().gram());
        metric.drain(open.metric()::addRow);
        Arrays.fill(sum, 0);
        weight = 0;
        batches = 0;
    }

    @Override
    public void close() {
        gram.close();
    }
}
