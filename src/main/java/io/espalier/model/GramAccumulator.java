package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.fisher.ProjectionMoments;

import java.util.ArrayList;
import java.util.List;

/**
 * Weighted moments of one projection's input, gathered where the activations are.
 *
 * <p>The second moments rest on the device in float64 as bands of the upper triangle, so that a
 * batch costs little more than half a full product and nothing large is copied out before {@link
 * #drainInto}. Products of one batch are float32.
 */
final class GramAccumulator {

    /** Widest band; small enough to save work, large enough for the matrix product to be fast. */
    private static final int BAND = 512;

    private final int width;
    private final List<NDArray> bands = new ArrayList<>(); // (rows, k - start), float64
    private final double[] sum;
    private double weight;

    /** Empty moments of k inputs. */
    GramAccumulator(int width, NDManager manager) {
        this.width = width;
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
     */
    void add(NDArray x, NDArray weights) {
        try (NDManager scope = x.getManager().newSubManager()) {
            weights.attach(scope);
            x.attach(scope);
            NDArray scaled = x.mul(weights.sqrt()); // (n, k)
            for (int i = 0; i < bands.size(); i++) {
                int start = i * BAND;
                NDArray rows = scaled.get(":, " + start + ":" + Math.min(start + BAND, width));
                NDArray columns = scaled.get(":, " + start + ":");
                bands.get(i).addi(rows.transpose().matMul(columns).toType(DataType.FLOAT64, false));
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

    /** Adds what was gathered to the moments and starts anew. */
    void drainInto(ProjectionMoments moments) {
        if (weight == 0) {
            return;
        }
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
        java.util.Arrays.fill(sum, 0);
        weight = 0;
    }
}
