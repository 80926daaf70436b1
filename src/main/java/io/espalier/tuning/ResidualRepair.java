package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;

import java.util.ArrayList;
import java.util.List;

/**
 * Re-solves a projection against a target its input does not determine: the teacher's residual sum,
 * where the student's own inputs and residual stream already differ.
 *
 * <pre>
 *   mu = s / n     C = G / n - mu'mu     D = cross / n - e'mu     e = sum / n
 *   W' = W + (C + rho (tr C / k) I)^-1 D'          b' = b + e - mu (W' - W)
 * </pre>
 *
 * with k the kept inputs, W their dense weights and the residual taken with W and b in place. It is
 * the minimiser over (V, c) of the weighted mean of {@code |x V + c - (target - r)|^2}, r the
 * student's residual stream, plus the ridge times {@code |V - W|^2}.
 *
 * <p>It never fails as a whole. A rung of the following ladder is refused, with its reason in the
 * result, if the factorisation fails, a number is not finite, or the error on the tokens held out
 * rises; what held is solved anew on all tokens. The rungs: the solve with &rho;, 10 &rho; and so
 * on up to 100; the bias alone; the projection as it was. With nothing kept only the bias is left.
 *
 * <p>Everything is float64 until the result is rounded to float. Stateless, thread-safe where the
 * solver is; arguments stay untouched.
 */
public final class ResidualRepair {

    private static final double LARGEST_RIDGE = 1e2;

    private final PositiveDefiniteSolver solver;
    private final double ridge;

    /**
     * With a ridge to start with.
     *
     * @param ridge &rho;, relative to the mean variance of the kept inputs, in (0, 100]
     */
    public ResidualRepair(PositiveDefiniteSolver solver, double ridge) {
        if (!(ridge > 0 && ridge <= LARGEST_RIDGE)) {
            throw new IllegalArgumentException(
                    "ridge %s is not in (0, %s]".formatted(ridge, LARGEST_RIDGE));
        }
        this.solver = solver;
        this.ridge = ridge;
    }

    /** New weights less the old, [d, k] row-major, and the same of the bias, [d]. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on within one solve, never compared.
    private record Change(double[] weight, double[] bias) {}

    /**
     * Repairs one sublayer.
     *
     * @param kept the projection over the kept inputs, with dense weights and bias
     * @param fit moments to solve with, of the residual {@code kept} leaves
     * @param heldOut moments to judge by; without weight they judge nothing
     */
    public RepairedProjection repair(
            Projection kept, ResidualMoments fit, ResidualMoments heldOut) {
        List<String> refusals = new ArrayList<>();
        ResidualMoments all = fit.plus(heldOut);
        boolean empty = kept.inputs() == 0;
        for (double rho = ridge; !empty && rho <= LARGEST_RIDGE * 1.01; rho *= 10) {
            try {
                String rung = "ridge " + rho;
                if (allowed(rung, change(fit, rho), heldOut, refusals)) {
                    Projection solved = changed(kept, change(all, rho));
                    if (isFinite(rung, solved, refusals)) {
                        return new RepairedProjection(
                                solved, RepairOutcome.RESOLVED, rho, refusals);
                    }
                }
            } catch (NotPositiveDefiniteException e) {
                refusals.add("ridge " + rho + ": " + e.getMessage());
            }
        }
        if (allowed("bias", biasAlone(fit), heldOut, refusals)) {
            Projection shifted = changed(kept, biasAlone(all));
            if (isFinite("bias", shifted, refusals)) {
                RepairOutcome outcome = empty ? RepairOutcome.RESOLVED : RepairOutcome.BIAS_ONLY;
                return new RepairedProjection(shifted, outcome, 0, refusals);
            }
        }
        return new RepairedProjection(kept, RepairOutcome.UNCHANGED, 0, refusals);
    }

    private Change change(ResidualMoments moments, double rho) throws NotPositiveDefiniteException {
        ProjectionMoments inputs = moments.inputs();
        int k = inputs.width();
        int d = moments.sum().length;
        double n = inputs.weight();
        double[] mu = divided(inputs.sum(), n);
        double[] mean = divided(moments.sum(), n);
        double[] covariance = new double[Math.multiplyExact(k, k)];
        double trace = 0;
        for (int i = 0; i < k; i++) {
            int row = inputs.gram().rowStart(i) - i;
            for (int j = i; j < k; j++) {
                covariance[i * k + j] = inputs.gram().packed()[row + j] / n - mu[i] * mu[j];
            }
            trace += covariance[i * k + i];
        }
        double[] scale = new double[k];
        for (int i = 0; i < k; i++) {
            double variance = covariance[i * k + i] + rho * trace / k;
            if (!(variance > 0 && variance < Double.POSITIVE_INFINITY)) {
                throw new NotPositiveDefiniteException(
                        "variance of kept input " + i + " with ridge is " + variance);
            }
            covariance[i * k + i] = variance;
            scale[i] = 1 / Math.sqrt(variance);
        }
        for (int i = 0; i < k; i++) {
            for (int j = i; j < k; j++) {
                covariance[i * k + j] *= scale[i] * scale[j];
            }
        }
        double[] weight = new double[Math.multiplyExact(d, k)];
        for (int o = 0; o < d; o++) {
            for (int i = 0; i < k; i++) {
                weight[o * k + i] = scale[i] * (moments.cross()[o * k + i] / n - mean[o] * mu[i]);
            }
        }
        solver.solve(covariance, k, weight, d);
        double[] bias = mean;
        for (int o = 0; o < d; o++) {
            for (int i = 0; i < k; i++) {
                weight[o * k + i] *= scale[i];
                bias[o] -= weight[o * k + i] * mu[i];
            }
        }
        return new Change(weight, bias);
    }

    private static Change biasAlone(ResidualMoments moments) {
        return new Change(
                new double[moments.cross().length],
                divided(moments.sum(), moments.inputs().weight()));
    }

    /** Whether a change is finite and does not raise the error on held-out tokens. */
    private static boolean allowed(
            String rung, Change change, ResidualMoments heldOut, List<String> refusals) {
        double rise = rise(change, heldOut);
        if (rise <= 0) {
            return true;
        }
        refusals.add(
                Double.isFinite(rise)
                        ? "%s: the held-out error rises by %.3g".formatted(rung, rise)
                        : rung + ": not finite");
        return false;
    }

    /**
     * The squared error {@code sum w |e - x D - c|^2} with a change less that without it, per unit
     * of weight: from moments, {@code tr(D'GD) - 2 tr(D'X'E) + 2 sD c + n |c|^2 - 2 c sum}.
     */
    private static double rise(Change change, ResidualMoments moments) {
        double n = moments.inputs().weight();
        if (n == 0) {
            return 0;
        }
        int k = moments.inputs().width();
        int d = moments.sum().length;
        double[] gram = new double[Math.multiplyExact(k, k)];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                gram[i * k + j] = moments.inputs().gram().get(i, j);
            }
        }
        double[] product = DenseProduct.multiply(change.weight(), gram, d, k, k);
        double rise = 0;
        for (int o = 0; o < d; o++) {
            double c = change.bias()[o];
            rise += c * (n * c - 2 * moments.sum()[o]);
            for (int i = 0; i < k; i++) {
                double w = change.weight()[o * k + i];
                rise += w * (product[o * k + i] - 2 * moments.cross()[o * k + i]);
                rise += 2 * c * w * moments.inputs().sum()[i];
            }
        }
        return rise / n;
    }

    private static Projection changed(Projection kept, Change change) {
        float[] weight = new float[kept.weight().length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) (kept.weight()[i] + change.weight()[i]);
        }
        float[] bias = new float[kept.bias().length];
        for (int o = 0; o < bias.length; o++) {
            bias[o] = (float) (kept.bias()[o] + change.bias()[o]);
        }
        return new Projection(kept.inputs(), kept.outputs(), weight, bias);
    }

    private static boolean isFinite(String rung, Projection projection, List<String> refusals) {
        boolean finite = isFinite(projection.weight()) && isFinite(projection.bias());
        if (!finite) {
            refusals.add(rung + ": weights or bias are not finite");
        }
        return finite;
    }

    private static boolean isFinite(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }

    private static double[] divided(double[] sums, double n) {
        double[] mean = sums.clone();
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= n;
        }
        return mean;
    }
}
