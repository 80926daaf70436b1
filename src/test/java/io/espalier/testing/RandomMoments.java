package io.espalier.testing;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Projection;

import java.util.Random;

/**
 * Weighted tokens of one sublayer with what is summed over them, for oracles that go token by
 * token.
 *
 * <p>Inputs are correlated, with means of their own; weights are in (0, 1].
 */
public final class RandomMoments {

    /** Inputs [tokens][k]. */
    public final double[][] inputs;

    /** Their weights [tokens]. */
    public final double[] weights;

    /** Output gradients [tokens][d]. */
    public final double[][] gradients;

    /** The dense projection, k -> d. */
    public final Projection dense;

    /** Draws tokens of k inputs and d outputs. */
    public RandomMoments(Random random, int tokens, int k, int d) {
        double[][] mixing = gaussian(random, k, k);
        double[] shift = gaussian(random, 1, k)[0];
        inputs = new double[tokens][k];
        weights = new double[tokens];
        for (int t = 0; t < tokens; t++) {
            double[] source = gaussian(random, 1, k)[0];
            weights[t] = 1 - random.nextDouble();
            for (int i = 0; i < k; i++) {
                inputs[t][i] = shift[i];
                for (int j = 0; j < k; j++) {
                    inputs[t][i] += mixing[i][j] * source[j] / Math.sqrt(k);
                }
            }
        }
        gradients = gaussian(random, tokens, d);
        dense = new Projection(k, d, floats(random, k * d), floats(random, d));
    }

    /** The weighted moments of the inputs. */
    public ProjectionMoments moments() {
        int k = inputs[0].length;
        ProjectionMoments moments = new ProjectionMoments(k);
        for (int t = 0; t < inputs.length; t++) {
            double[] weighted = new double[k];
            for (int i = 0; i < k; i++) {
                weighted[i] = weights[t] * inputs[t][i];
            }
            moments.addSums(weights[t], weighted);
            for (int i = 0; i < k; i++) {
                double[] row = new double[k];
                for (int j = i; j < k; j++) {
                    row[j] = weighted[i] * inputs[t][j];
                }
                moments.addGramRow(i, row, i);
            }
        }
        return moments;
    }

    /** The mean square of the output gradients, B. */
    public PackedSymmetricMatrix metric() {
        int d = gradients[0].length;
        PackedSymmetricMatrix metric = new PackedSymmetricMatrix(d);
        for (double[] gradient : gradients) {
            for (int i = 0; i < d; i++) {
                for (int j = i; j < d; j++) {
                    metric.packed()[metric.rowStart(i) + j - i] +=
                            gradient[i] * gradient[j] / gradients.length;
                }
            }
        }
        return metric;
    }

    private static double[][] gaussian(Random random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return values;
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
