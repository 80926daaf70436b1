package io.espalier.tuning;

import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 * on up to 100; one new scale in [-10, 10] for each kept unit, with the same ridges; the bias
 * alone; the projection as it was. With nothing kept only the bias is left.
 *
 * <p>Everything is float64 until the result is rounded to float. Stateless, thread-safe where the
 * solver is; arguments stay untouched.
 */
public final class ResidualRepair {

    private static final double LARGEST_RIDGE = 1e2;
    private static final double LARGEST_VALUE = 10;

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
    private record Change(double[] weight, double[] bias) {

        /** With the bias that keeps the mean of the target. */
        static Change of(CentredResidual residual, double[] weight) {
            double[] bias = residual.mean().clone();
            int k = residual.mu().length;
            for (int i = 0; i < weight.length; i++) {
                bias[i / k] -= weight[i] * residual.mu()[i % k];
            }
            return new Change(weight, bias);
        }
    }

    /** A way to solve, tried with the moments of one part of the tokens and used with all. */
    private interface Rung {
        double[] weights(CentredResidual residual) throws NotPositiveDefiniteException;
    }

    /**
     * Repairs one sublayer.
     *
     * @param unitWidth inputs of a unit
     * @param kept the projection over the kept inputs, with dense weights and bias
     * @param fit moments to solve with, of the residual {@code kept} leaves
     * @param heldOut moments to judge by; without weight they judge nothing
     */
    public RepairedProjection repair(
            int unitWidth, Projection kept, ResidualMoments fit, ResidualMoments heldOut) {
        Attempt attempt = new Attempt(kept, fit, heldOut, new ArrayList<>());
        boolean empty = kept.inputs() == 0;
        for (double rho = ridge; !empty && rho <= LARGEST_RIDGE * 1.01; rho *= 10) {
            double strength = rho;
            Optional<Projection> solved =
                    attempt.at("ridge " + rho, residual -> residual.weights(solver, strength));
            if (solved.isPresent()) {
                return attempt.result(solved.get(), RepairOutcome.RESOLVED, rho);
            }
        }
        for (double rho = ridge; !empty && rho <= LARGEST_RIDGE * 1.01; rho *= 10) {
            double strength = rho;
            Optional<Projection> scaled =
                    attempt.at(
                            "mask values, ridge " + rho,
                            residual -> scaled(residual, strength, kept, unitWidth));
            if (scaled.isPresent()) {
                return attempt.result(scaled.get(), RepairOutcome.MASK_VALUES, rho);
            }
        }
        Optional<Projection> shifted =
                attempt.at("bias", residual -> new double[kept.weight().length]);
        if (shifted.isPresent()) {
            return attempt.result(
                    shifted.get(), empty ? RepairOutcome.RESOLVED : RepairOutcome.BIAS_ONLY, 0);
        }
        return attempt.result(kept, RepairOutcome.UNCHANGED, 0);
    }

    /** The change that scales each unit's weights anew. */
    private double[] scaled(CentredResidual residual, double rho, Projection kept, int unitWidth)
            throws NotPositiveDefiniteException {
        double[] delta = residual.values(solver, rho, kept, unitWidth);
        for (double value : delta) {
            if (Math.abs(1 + value) > LARGEST_VALUE) {
                throw new NotPositiveDefiniteException(
                        "mask value %.3g is outside [-10, 10]".formatted(1 + value));
            }
        }
        double[] change = new double[kept.weight().length];
        for (int i = 0; i < change.length; i++) {
            change[i] = delta[i % kept.inputs() / unitWidth] * kept.weight()[i];
        }
        return change;
    }

    /** The rungs' common ground, and the reasons why they were refused so far. */
    private record Attempt(
            Projection kept, ResidualMoments fit, ResidualMoments heldOut, List<String> refusals) {

        /** A rung's projection; empty, and one refusal more, if it does not hold. */
        Optional<Projection> at(String name, Rung rung) {
            try {
                CentredResidual part = CentredResidual.of(fit);
                double rise = rise(Change.of(part, rung.weights(part)), heldOut);
                if (!(rise <= 0)) {
                    refusals.add(
                            Double.isFinite(rise)
                                    ? "%s: the held-out error rises by %.3g".formatted(name, rise)
                                    : name + ": not finite");
                    return Optional.empty();
                }
                CentredResidual all = CentredResidual.of(fit.plus(heldOut));
                Projection solved = changed(kept, Change.of(all, rung.weights(all)));
                if (isFinite(solved.weight()) && isFinite(solved.bias())) {
                    return Optional.of(solved);
                }
                refusals.add(name + ": weights or bias are not finite");
            } catch (NotPositiveDefiniteException e) {
                refusals.add(name + ": " + e.getMessage());
            }
            return Optional.empty();
        }

        RepairedProjection result(Projection projection, RepairOutcome outcome, double rho) {
            return new RepairedProjection(projection, outcome, rho, refusals);
        }
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

    private static boolean isFinite(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }
}
