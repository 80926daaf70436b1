package io.espalier.testing;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The slow way to re-solve a projection: explicit weighted least squares with an intercept over the
 * token rows themselves, by QR.
 *
 * <p>Minimises over (V, c) {@code sum_t w_t |x_S V + c - y_t|^2 + n ridge |V - W_S|^2}, where n is
 * the sum of the weights, as one tall system: a row {@code sqrt(w_t) [x_S, 1]} a token and a row
 * {@code sqrt(n ridge) [e_s, 0]} a kept input.
 */
public final class WeightedRidgeOracle {

    private WeightedRidgeOracle() {}

    /**
     * Solves.
     *
     * @param x token rows [n, k]
     * @param weights [n]
     * @param y targets [n, d]
     * @param kept the inputs S
     * @param pull the weights W_S [|S|, d] the ridge pulls to
     * @param ridge absolute, at least 0
     * @return V in rows 0 to |S| - 1, c in the last
     */
    public static double[][] solve(
            double[][] x,
            double[] weights,
            double[][] y,
            int[] kept,
            double[][] pull,
            double ridge) {
        int tokens = x.length;
        int outputs = y[0].length;
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        RealMatrix left = new Array2DRowRealMatrix(tokens + kept.length, kept.length + 1);
        RealMatrix right = new Array2DRowRealMatrix(tokens + kept.length, outputs);
        for (int t = 0; t < tokens; t++) {
            double root = Math.sqrt(weights[t]);
            for (int s = 0; s < kept.length; s++) {
                left.setEntry(t, s, root * x[t][kept[s]]);
            }
            left.setEntry(t, kept.length, root);
            for (int o = 0; o < outputs; o++) {
                right.setEntry(t, o, root * y[t][o]);
            }
        }
        double root = Math.sqrt(total * ridge);
        for (int s = 0; s < kept.length; s++) {
            left.setEntry(tokens + s, s, root);
            for (int o = 0; o < outputs; o++) {
                right.setEntry(tokens + s, o, root * pull[s][o]);
            }
        }
        return new QRDecomposition(left).getSolver().solve(right).getData();
    }
}
