package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Re-solves the output projection of a pruned sublayer in one pass over its moments.
 *
 * <pre>
 *   mu = s / n     C = G / n - mu'mu
 *   W'_S = W_S + (C_SS + rho (tr C_SS / |S|) I)^-1 C_SR W_R
 *   b'   = b + mu W - mu_S W'_S
 * </pre>
 *
 * with S the kept inputs and R the removed ones. It is the minimiser over (V, c) of the weighted
 * mean of {@code |x_S V + c - (x W + b)|^2} plus the ridge times {@code |V - W_S|^2}: the kept
 * inputs take over what the removed ones did, and the ridge pulls towards the original weights, not
 * towards zero. Mask values other than 0 and 1 play no part in it, because the dense output is the
 * target. With nothing removed the projection is returned as it is; with nothing kept it is {@code
 * b' = b + mu W}.
 *
 * <p>It never fails as a whole. A rung of the following ladder is refused, with its reason in the
 * result, if the factorisation fails or a number is not finite: the solve with &rho;, 10 &rho; and
 * so on up to 100; one new scale for each kept unit, {@link MaskValueTuning}, with the same ridges;
 * the kept weights times their mask values with the bias that restores the mean output; the same
 * with the bias as it was. Without tokens only the last applies.
 *
 * <p>Shapes: k inputs, d outputs; everything is float64 until the result is rounded to float. For
 * |S| = |R| = k/2 it holds {@code 8 (k^2/2 + dk)} bytes (k = 3072, d = 768: 57 MB), for |S| near k
 * {@code 8 k (k + d)} (94 MB), the solver's copies apart. The solve is scaled to a unit diagonal.
 * Stateless, thread-safe where the solver is; arguments stay untouched.
 */
public final class ProjectionRepair {

    /** The ridge &rho; to start with; between 1e-4 and 1e-2 it made no difference. */
    public static final double DEFAULT_RIDGE = 1e-2;

    private static final double LARGEST_RIDGE = 1e2;

    private final PositiveDefiniteSolver solver;
    private final double ridge;
    private final boolean valuesOnly;

    /** With a ridge of {@value #DEFAULT_RIDGE}. */
    public ProjectionRepair(PositiveDefiniteSolver solver) {
        this(solver, DEFAULT_RIDGE);
    }

    /**
     * With a ridge of one's own.
     *
     * @param ridge &rho;, relative to the mean variance of the kept inputs, in (0, 100]
     */
    public ProjectionRepair(PositiveDefiniteSolver solver, double ridge) {
        this(solver, ridge, false);
    }

    private ProjectionRepair(PositiveDefiniteSolver solver, double ridge, boolean valuesOnly) {
        if (!(ridge > 0 && ridge <= LARGEST_RIDGE)) {
            throw new IllegalArgumentException(
                    "ridge %s is not in (0, %s]".formatted(ridge, LARGEST_RIDGE));
        }
        this.solver = solver;
        this.ridge = ridge;
        this.valuesOnly = valuesOnly;
    }

    /** The repair that leaves out the full solve and begins with mask values. */
    public ProjectionRepair ofMaskValues() {
        return new ProjectionRepair(solver, ridge, true);
    }

    /**
     * Repairs one sublayer.
     *
     * @param sublayer the sublayer, k = units x unit width
     * @param moments of the dense projection's input, over k
     * @param dense the dense projection, k inputs
     * @param values one finite mask value for each unit; 0 removes it
     * @throws IllegalArgumentException if the sizes differ or a mask value is not finite
     */
    public RepairedProjection repair(
            Sublayer sublayer, ProjectionMoments moments, Projection dense, float[] values) {
        requireFitting(sublayer, moments, dense, values);
        KeptInputs inputs = KeptInputs.of(sublayer, values);
        if (inputs.removed().length == 0) {
            return new RepairedProjection(dense, RepairOutcome.RESOLVED, 0, List.of());
        }
        List<String> refusals = new ArrayList<>();
        float[] folded = folded(sublayer, dense, values, inputs);
        double n = moments.weight();
        if (!(n > 0 && n < Double.POSITIVE_INFINITY)) {
            refusals.add("no token was seen: their weight is " + n);
        } else {
            double[] mu = moments.mean();
            boolean empty = inputs.kept().length == 0;
            for (double rho = ridge;
                    !empty && !valuesOnly && rho <= LARGEST_RIDGE * 1.01;
                    rho *= 10) {
                Optional<Projection> resolved = resolve(rho, moments, mu, dense, inputs, refusals);
                if (resolved.isPresent()) {
                    return new RepairedProjection(
                            resolved.get(), RepairOutcome.RESOLVED, rho, refusals);
                }
            }
            for (double rho = ridge; !empty && rho <= LARGEST_RIDGE * 1.01; rho *= 10) {
                Optional<Projection> scaled =
                        scaled(sublayer, rho, moments, mu, dense, values, inputs, refusals);
                if (scaled.isPresent()) {
                    return new RepairedProjection(
                            scaled.get(), RepairOutcome.MASK_VALUES, rho, refusals);
                }
            }
            Optional<Projection> shifted = withMeanOutput(folded, mu, dense, inputs);
            if (shifted.isPresent()) {
                return new RepairedProjection(
                        shifted.get(),
                        empty ? RepairOutcome.RESOLVED : RepairOutcome.BIAS_ONLY,
                        0,
                        refusals);
            }
            refusals.add("bias: not finite");
        }
        return new RepairedProjection(
                new Projection(inputs.kept().length, dense.outputs(), folded, dense.bias()),
                RepairOutcome.UNCHANGED,
                0,
                refusals);
    }

    /** Scales for the kept units with one ridge, or empty and one more refusal. */
    private static Optional<Projection> scaled(
            Sublayer sublayer,
            double rho,
            ProjectionMoments moments,
            double[] mu,
            Projection dense,
            float[] values,
            KeptInputs inputs,
            List<String> refusals) {
        try {
            float[] tuned = MaskValueTuning.solve(sublayer, moments, dense, values, rho);
            return withMeanOutput(folded(sublayer, dense, tuned, inputs), mu, dense, inputs);
        } catch (NotPositiveDefiniteException e) {
            refusals.add("mask values, ridge " + rho + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The full solve with one ridge, or empty and one more refusal. */
    private Optional<Projection> resolve(
            double rho,
            ProjectionMoments moments,
            double[] mu,
            Projection dense,
            KeptInputs inputs,
            List<String> refusals) {
        try {
            double[] change = change(rho, moments, mu, dense, inputs);
            int kept = inputs.kept().length;
            float[] weight = new float[change.length];
            for (int o = 0; o < dense.outputs(); o++) {
                for (int s = 0; s < kept; s++) {
                    float old = dense.weight()[o * dense.inputs() + inputs.kept()[s]];
                    weight[o * kept + s] = (float) (old + change[o * kept + s]);
                }
            }
            Optional<Projection> projection = withMeanOutput(weight, mu, dense, inputs);
            if (projection.isEmpty()) {
                refusals.add("ridge " + rho + ": weights or bias are not finite");
            }
            return projection;
        } catch (NotPositiveDefiniteException e) {
            refusals.add("ridge " + rho + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** {@code W'_S - W_S}, as [d, |S|] row-major. */
    double[] change(
            double rho, ProjectionMoments moments, double[] mu, Projection dense, KeptInputs inputs)
            throws NotPositiveDefiniteException {
        int kept = inputs.kept().length;
        int removed = inputs.removed().length;
        int outputs = dense.outputs();
        double[] covariance = new double[Math.multiplyExact(kept, kept)];
        double[] cross = new double[Math.multiplyExact(removed, kept)];
        gather(moments, mu, inputs, covariance, cross);

        double trace = 0;
        for (int s = 0; s < kept; s++) {
            trace += covariance[s * kept + s];
        }
        double[] scale = new double[kept];
        for (int s = 0; s < kept; s++) {
            double variance = covariance[s * kept + s] + rho * trace / kept;
            if (!(variance > 0 && variance < Double.POSITIVE_INFINITY)) {
                throw new NotPositiveDefiniteException(
                        "variance of input " + inputs.kept()[s] + " with ridge is " + variance);
            }
            covariance[s * kept + s] = variance;
            scale[s] = 1 / Math.sqrt(variance);
        }
        for (int s = 0; s < kept; s++) {
            for (int t = s; t < kept; t++) {
                covariance[s * kept + t] *= scale[s] * scale[t];
            }
        }

        double[] removedWeights = new double[Math.multiplyExact(outputs, removed)];
        for (int o = 0; o < outputs; o++) {
            for (int r = 0; r < removed; r++) {
                removedWeights[o * removed + r] =
                        dense.weight()[o * dense.inputs() + inputs.removed()[r]];
            }
        }
        double[] change = DenseProduct.multiply(removedWeights, cross, outputs, removed, kept);
        scaleColumns(change, scale, outputs);
        solver.solve(covariance, kept, change, outputs);
        scaleColumns(change, scale, outputs);
        return change;
    }

    /**
     * One pass over the packed G fills the upper triangle of C_SS [|S|, |S|] and C_RS [|R|, |S|].
     */
    private static void gather(
            ProjectionMoments moments,
            double[] mu,
            KeptInputs inputs,
            double[] covariance,
            double[] cross) {
        double[] packed = moments.gram().packed();
        double n = moments.weight();
        boolean[] keeps = inputs.keeps();
        int[] position = inputs.position();
        int kept = inputs.kept().length;
        for (int i = 0; i < mu.length; i++) {
            int row = moments.gram().rowStart(i) - i;
            for (int j = i; j < mu.length; j++) {
                if (keeps[i] && keeps[j]) {
                    covariance[position[i] * kept + position[j]] =
                            packed[row + j] / n - mu[i] * mu[j];
                } else if (keeps[i] != keeps[j]) {
                    int r = keeps[i] ? position[j] : position[i];
                    int s = keeps[i] ? position[i] : position[j];
                    cross[r * kept + s] = packed[row + j] / n - mu[i] * mu[j];
                }
            }
        }
    }

    /**
     * New kept weights with the bias that keeps the mean output; empty if a number is not finite.
     */
    private static Optional<Projection> withMeanOutput(
            float[] weight, double[] mu, Projection dense, KeptInputs inputs) {
        int kept = inputs.kept().length;
        float[] bias = new float[dense.outputs()];
        for (int o = 0; o < bias.length; o++) {
            int row = o * dense.inputs();
            double value = dense.bias()[o];
            for (int r : inputs.removed()) {
                value += mu[r] * dense.weight()[row + r];
            }
            for (int s = 0; s < kept; s++) {
                int i = inputs.kept()[s];
                value += mu[i] * ((double) dense.weight()[row + i] - weight[o * kept + s]);
            }
            bias[o] = (float) value;
        }
        return isFinite(weight) && isFinite(bias)
                ? Optional.of(new Projection(kept, dense.outputs(), weight, bias))
                : Optional.empty();
    }

    private static float[] folded(
            Sublayer sublayer, Projection dense, float[] values, KeptInputs inputs) {
        int kept = inputs.kept().length;
        float[] weight = new float[Math.multiplyExact(dense.outputs(), kept)];
        for (int o = 0; o < dense.outputs(); o++) {
            for (int s = 0; s < kept; s++) {
                int i = inputs.kept()[s];
                weight[o * kept + s] =
                        dense.weight()[o * dense.inputs() + i] * values[i / sublayer.unitWidth()];
            }
        }
        return weight;
    }

    private static void scaleColumns(double[] matrix, double[] scale, int rows) {
        for (int o = 0; o < rows; o++) {
            for (int s = 0; s < scale.length; s++) {
                matrix[o * scale.length + s] *= scale[s];
            }
        }
    }

    private static boolean isFinite(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }

    private static void requireFitting(
            Sublayer sublayer, ProjectionMoments moments, Projection dense, float[] values) {
        int width = sublayer.inputWidth();
        if (values.length != sublayer.units()
                || moments.width() != width
                || dense.inputs() != width) {
            throw new IllegalArgumentException(
                    ("sublayer '%s' has %s units and %s inputs; given are %s mask values, moments"
                                    + " of width %s and a projection of %s inputs")
                            .formatted(
                                    sublayer.id(),
                                    sublayer.units(),
                                    width,
                                    values.length,
                                    moments.width(),
                                    dense.inputs()));
        }
        if (!isFinite(values)) {
            throw new IllegalArgumentException(
                    "mask of '" + sublayer.id() + "' holds a value that is not finite");
        }
    }
}
