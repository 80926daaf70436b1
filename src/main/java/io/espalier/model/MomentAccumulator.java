package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.SublayerStatistics;

import java.util.ArrayList;
import java.util.List;

/**
 * Weighted moments of one projection's input and the metric of its output, gathered where the
 * activations are.
 *
 * <p>The second moments rest on the device in float64 as bands of the upper triangle, so that a
 * batch costs little more than half a full product and nothing large is copied out before {@link
 * #drainInto}. Products of one batch are float32.
 */
final class MomentAccumulator {

    /** Widest band; small enough to save work, large enough for the matrix product to be fast. */
    private static final int BAND = 256;

    private final int width;
    private final List<NDArray> bands = new ArrayList<>(); // (rows, k - start), float64
    private final NDArray metric; // (d, d), float64
    private final double[] sum;
    private double weight;

    /** Empty moments of k inputs and d outputs. */
    MomentAccumulator(int width, int hidden, NDManager manager) {
        this.width = width;
        this.metric = manager.zeros(new Shape(hidden, hidden), DataType.FLOAT64);
        this.sum = new double[width];
        for (int start = 0; start < width; start += BAND) {
            int rows = Math.min(BAND, width - start);
            bands.add(manager.zeros(new Shape(rows, width - start), DataType.FLOAT64));
        }
    }

    /**
     * Adds a batch.
     *
     * @param x (n, k) inputs
     * @param weights (n, 1) token weights, at least 0
     * @param batchMetric (d, d), the batch's own
     */
    void add(NDArray x, NDArray weights, NDArray batchMetric) {
        metric.addi(batchMetric);
        try (NDManager scope = x.getManager().newSubManager()) {
            weights.attach(scope);
            x.attach(scope);
            NDArray scaled = x.mul(weights.sqrt()); // (n, k)
            for (int i = 0; i < bands.size(); i++) {
                int start = i * BAND;
                NDArray rows = scaled.get(":, " + start + ":" + Math.min(start + BAND, width));
                NDArray columns = scaled.get(":, " + start + ":");
                bands.get(i).addi(rows.transpose().matMul(columns));
            }
            float[] batchSum = weights.transpose().matMul(x).toFloatArray();
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
        for (int i = 0; i < bands.size(); i++) {
            int start = i * BAND;
            double[] band = bands.get(i).toDoubleArray();
            int columns = width - start;
            for (int row = start; row < Math.min(start + BAND, width); row++) {
                moments.addGramRow(row, band, (row - start) * columns + row - start);
            }
            bands.get(i).subi(bands.get(i));
        }
        statistics.addMetric(metric.toDoubleArray());
        metric.subi(metric);
        java.util.Arrays.fill(sum, 0);
        weight = 0;
    }
}
