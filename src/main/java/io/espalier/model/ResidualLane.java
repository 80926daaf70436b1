package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;

import java.util.List;

/**
 * The residual moments of some pieces, summed one after the other in float64 where the activations
 * are. Used by one thread at a time.
 */
final class ResidualLane {

    private final int width;
    private final GramAccumulator gram;
    private final NDArray cross; // (d, k) float64
    private final double[] sum; // (d)
    private double emptyWeight;

    /** Empty sums of k inputs, which may be 0, and d outputs. */
    ResidualLane(int width, int outputs, NDManager manager) {
        this.width = width;
        this.gram = new GramAccumulator(width, manager);
        this.cross = manager.zeros(new Shape(outputs, width), DataType.FLOAT64);
        this.sum = new double[outputs];
    }

    /**
     * Adds a piece.
     *
     * @param inputs (N, k), left as they are; not looked at if k = 0
     * @param residual (N, d), may be overwritten
     * @param weights (N, 1), freed
     */
    void add(NDArray inputs, NDArray residual, NDArray weights) {
        NDArray weighted = residual.muli(weights);
        float[] sums = weighted.sum(new int[] {0}).toFloatArray();
        for (int o = 0; o < sum.length; o++) {
            sum[o] += sums[o];
        }
        if (width == 0) {
            for (float weight : weights.toFloatArray()) {
                emptyWeight += weight;
            }
            return;
        }
        cross.addi(weighted.transpose().matMul(inputs).toType(DataType.FLOAT64, false));
        gram.add(inputs.duplicate(), weights);
    }

    /** The sum over lanes, in their order. */
    static ResidualMoments sum(List<ResidualLane> lanes) {
        ResidualLane first = lanes.get(0);
        ProjectionMoments moments = new ProjectionMoments(first.width);
        double[] sum = new double[first.sum.length];
        for (ResidualLane lane : lanes) {
            moments.addSums(lane.emptyWeight, new double[lane.width]);
            lane.gram.drainInto(moments);
            for (int o = 0; o < sum.length; o++) {
                sum[o] += lane.sum[o];
            }
            if (lane != first) {
                first.cross.addi(lane.cross);
            }
        }
        double[] cross = first.width == 0 ? new double[0] : first.cross.toDoubleArray();
        return new ResidualMoments(moments, cross, sum);
    }
}
