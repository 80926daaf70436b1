package io.espalier.search;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.CholeskyFactor;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.linalg.SchurElimination;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Works out a sublayer's error curve: greedy removal of units, the remaining ones taking over what
 * they can.
 *
 * <pre>
 *   C = G / n - mu'mu        A = C + lambda (tr C / k) I
 *   error(R) = tr(V_R' (P_RR)^-1 V_R B)        P = A^-1, V = W, both updated after each removal
 * </pre>
 *
 * <p>with W [k, d] the output projection and B [d, d] the mean output metric. The error of the set
 * removed so far is exact: the loss, to second order, after the output projection is re-solved with
 * the ridge. Which units go next is greedy: those whose removal alone raises it least, one head or
 * {@code step} neurons at a time (optimal brain surgery with a Kronecker-factored metric). Ties go
 * to the larger index.
 *
 * <p>Time O(k^3 + k^2 d) for neurons, {@code 8 (2 k^2 + 2 k d)} bytes while it runs. Stateless and
 * thread-safe; sublayers can run side by side.
 */
public final class CurveSearch {

    /** The ridge &lambda;. */
    public static final double DEFAULT_RIDGE = 1e-2;

    /** Neurons removed at once in a block of more than {@value #OPTIONS} times as many. */
    public static final int DEFAULT_STEP = 16;

    private static final int OPTIONS = 32;
    private static final double LARGEST_RIDGE = 1e2;

    /** Share of the metric's mean diagonal that is added to it, so that it can be factored. */
    static final double JITTER = 1e-6;

    private CurveSearch() {}

    /**
     * The curve of one sublayer.
     *
     * @param moments of the projection's input, over at least one token
     * @param metric mean output metric B / N [d, d]
     * @param dense the dense projection
     */
    public static ErrorCurve of(
            Sublayer sublayer,
            ProjectionMoments moments,
            PackedSymmetricMatrix metric,
            Projection dense) {
        double[] values = weighted(dense, metric);
        double[] covariance = moments.covariance();
        double mean = trace(covariance, dense.inputs()) / dense.inputs();
        if (!(mean > 0)) {
            return constantInputs(sublayer);
        }
        NotPositiveDefiniteException last = null;
        double added = 0;
        for (double ridge = DEFAULT_RIDGE; ridge <= LARGEST_RIDGE; ridge *= 10) {
            for (int i = 0; i < dense.inputs(); i++) {
                covariance[i * dense.inputs() + i] += ridge * mean - added;
            }
            added = ridge * mean;
            try (SchurElimination elimination =
                    new SchurElimination(covariance, dense.inputs(), values, dense.outputs())) {
                return curve(sublayer, elimination);
            } catch (NotPositiveDefiniteException e) {
                last = e; // Ill-conditioned beyond the ridge: a larger one is the remedy.
            }
        }
        throw new ArithmeticException(
                "sublayer '%s': with a ridge of %s: %s"
                        .formatted(sublayer.id(), LARGEST_RIDGE, last));
    }

    /** What does not vary is made up by the bias: every unit goes at no error. */
    private static ErrorCurve constantInputs(Sublayer sublayer) {
        int units = sublayer.units();
        int[] order = IntStream.range(0, units).map(i -> units - 1 - i).toArray();
        return new ErrorCurve(order, new int[] {0, units}, new double[2]);
    }

    /** {@code W F} [k, d] with B = F F', so that errors are plain sums of squares. */
    private static double[] weighted(Projection dense, PackedSymmetricMatrix metric) {
        int k = dense.inputs();
        int d = dense.outputs();
        double[] w = new double[k * d];
        for (int o = 0; o < d; o++) {
            for (int i = 0; i < k; i++) {
                w[i * d + o] = dense.weight()[o * k + i];
            }
        }
        return DenseProduct.multiply(w, CholeskyFactor.ofSemidefinite(metric, JITTER), k, d, d);
    }

    private static double trace(double[] matrix, int order) {
        double trace = 0;
        for (int i = 0; i < order; i++) {
            trace += matrix[i * order + i];
        }
        return trace;
    }

    private static ErrorCurve curve(Sublayer sublayer, SchurElimination elimination)
            throws NotPositiveDefiniteException {
        int units = sublayer.units();
        int step = step(sublayer);
        int first = units % step == 0 ? step : units % step; // kept counts are multiples then
        int options = 2 + (units - first) / step;
        int[] order = new int[units];
        int[] removed = new int[options];
        double[] errors = new double[options];
        int[] left = IntStream.range(0, units).toArray();
        for (int option = 1; option < options; option++) {
            int count = option == 1 ? first : step;
            int[] going = lowest(sublayer, elimination, left, count);
            removed[option] = removed[option - 1] + count;
            System.arraycopy(going, 0, order, removed[option - 1], count);
            errors[option] = errors[option - 1] + elimination.eliminate(rows(sublayer, going));
            boolean[] gone = new boolean[units];
            for (int unit : going) {
                gone[unit] = true;
            }
            left = IntStream.of(left).filter(unit -> !gone[unit]).toArray();
        }
        return new ErrorCurve(order, removed, errors);
    }

    private static int step(Sublayer sublayer) {
        boolean blocks = sublayer.unitWidth() > 1;
        return blocks ? 1 : Math.max(1, Math.min(DEFAULT_STEP, sublayer.units() / OPTIONS));
    }

    /** The units whose removal alone adds least. */
    private static int[] lowest(
            Sublayer sublayer, SchurElimination elimination, int[] left, int count)
            throws NotPositiveDefiniteException {
        double[] rise = new double[sublayer.units()];
        for (int unit : left) {
            rise[unit] =
                    sublayer.unitWidth() == 1
                            ? elimination.rise(unit)
                            : elimination.rise(rows(sublayer, unit));
        }
        return IntStream.of(left)
                .boxed()
                .sorted(
                        Comparator.<Integer>comparingDouble(unit -> rise[unit])
                                .thenComparing(Comparator.reverseOrder()))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The projection's inputs that belong to units. */
    private static int[] rows(Sublayer sublayer, int... units) {
        int width = sublayer.unitWidth();
        return Arrays.stream(units)
                .flatMap(unit -> IntStream.range(unit * width, (unit + 1) * width))
                .toArray();
    }
}
