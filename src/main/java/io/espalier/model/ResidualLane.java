package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;

import java.util.ArrayList;
import java.util.List;

/**
 * The residual moments of some pieces, summed one after the other in float64 where the activations
 * are; products of one piece are float32. Used by one thread at a time.
 */
final class ResidualLane {

    /** Widest band of the upper triangle of second moments. */
    private static final int BAND = 256;

    private final int width;
    private final List<NDArray> bands = new ArrayList<>(); // (rows, k - start) float64
    private final NDArray cross; // (d, k) float64
    private final double[] inputSum; // (k)
    private final double[] residualSum; // (d)
    private double weight;

    /** Empty sums of k inputs, which may be 0, and d outputs. */
    ResidualLane(int width, int outputs, NDManager manager) {
        this.width = width;
        for (int start = 0; start < width; start += BAND) {
            Shape shape = new Shape(Math.min(BAND, width - start), width - start);
            bands.add(manager.zeros(shape, DataType.FLOAT64));
        }
        this.cross = manager.zeros(new Shape(outputs, width), DataType.FLOAT64);
        this.inputSum = new double[width];
        this.residualSum = new double[outputs];
    }

    /**
     * Adds a piece. What is made on the way lives in the managers of the arguments.
     *
     * @param inputs (N, k); not looked at if k = 0
     * @param residual (N, d)
     * @param weights (N, 1)
     */
    void add(NDArray inputs, NDArray residual, NDArray weights) {
        for (float w : weights.toFloatArray()) {
            weight += w;
        }
        addRow(residual.mul(weights), residualSum);
        if (width == 0) {
            return;
        }
        NDArray weighted = inputs.mul(weights);
        addRow(weighted, inputSum);
        cross.addi(residual.transpose().matMul(weighted));
        for (int i = 0; i < bands.size(); i++) {
            int start = i * BAND;
            NDArray rows = weighted.get(":, " + start + ":" + Math.min(start + BAND, width));
            bands.get(i).addi(rows.transpose().matMul(inputs.get(":, " + start + ":")));
        }
    }

    private static void addRow(NDArray rows, double[] sum) {
        float[] own = rows.sum(new int[] {0}).toFloatArray();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += own[i];
        }
    }

    /** The sum over lanes, in their order. */
    static ResidualMoments sum(List<ResidualLane> lanes) {
        ResidualLane first = lanes.get(0);
        double[] sum = new double[first.residualSum.length];
        ProjectionMoments moments = new ProjectionMoments(first.width);
        for (ResidualLane lane : lanes) {
            moments.addSums(lane.weight, lane.inputSum);
            for (int o = 0; o < sum.length; o++) {
                sum[o] += lane.residualSum[o];
            }
            if (lane != first) {
                first.cross.addi(lane.cross);
                for (int i = 0; i < first.bands.size(); i++) {
                    first.bands.get(i).addi(lane.bands.get(i));
                }
            }
        }
        for (int i = 0; i < first.bands.size(); i++) {
            first.addBand(i * BAND, first.bands.get(i).toDoubleArray(), moments);
        }
        double[] cross = first.width == 0 ? new double[0] : first.cross.toDoubleArray();
        return new ResidualMoments(moments, cross, sum);
    }

    private void addBand(int start, double[] band, ProjectionMoments moments) {
        int columns = width - start;
        for (int row = start; row < Math.min(start + BAND, width); row++) {
            moments.addGramRow(row, band, (row - start) * columns + row - start);
        }
    }
}
