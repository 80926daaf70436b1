package io.espalier.linalg;

import org.apache.commons.math3.util.MathArrays;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * LSMR: the iterative solution of
 *
 * <pre>
 *   min over x of  |A x - b|^2 + damp^2 |x|^2
 * </pre>
 *
 * for a linear operator A [m, n] of any shape and rank, of which only the products {@code A v} and
 * {@code A'u} are needed. It is MINRES on the normal equations, carried out by Golub-Kahan
 * bidiagonalisation of A itself, so that the condition number is not squared. Both |r| and |A'r|
 * fall monotonically (r the damped residual), which makes it safe to stop early. A sibling of
 * Commons Math's iterative solvers, which take square operators only. It starts from x = 0; among
 * several minimisers it finds the one of least norm.
 *
 * <p>Storage: two vectors of m and five of n numbers, all in a {@link Workspace} that is reused;
 * {@link #solve(LeastSquaresOperator, double[], Workspace)} allocates nothing. Immutable and
 * thread-safe; a workspace serves one call at a time. The operator and b stay untouched.
 *
 * <p>Right sides that are not finite are refused with an {@link IllegalArgumentException}, products
 * that are not finite with an {@link ArithmeticException}: no NaN is ever returned.
 *
 * <p>Reference: D. C.-L. Fong and M. A. Saunders, "LSMR: An iterative algorithm for sparse
 * least-squares problems", SIAM J. Sci. Comput. 33 (2011) 2950-2971, doi:10.1137/10079687X. Names
 * follow the paper's symbols; {@code Old} is the value before the iteration.
 *
 * <table>
 * <caption>Names and symbols</caption>
 * <tr><th>name</th><th>symbol</th><th>meaning</th></tr>
 * <tr><td>alpha, beta</td><td>&alpha;, &beta;</td><td>entries of the bidiagonal B</td></tr>
 * <tr><td>alphaHat, cHat, sHat</td><td>&alpha;&#770;, c&#770;, s&#770;</td>
 *     <td>rotation that absorbs damp</td></tr>
 * <tr><td>rho, theta, c, s, alphaBar</td><td>&rho;, &theta;, c, s, &alpha;&#772;</td>
 *     <td>first QR: B to upper bidiagonal R</td></tr>
 * <tr><td>rhoBar, thetaBar, cBar, sBar</td><td>&rho;&#772;, &theta;&#772;, c&#772;, s&#772;</td>
 *     <td>second QR: R' to upper bidiagonal</td></tr>
 * <tr><td>zeta, zetaBar</td><td>&zeta;, &zeta;&#772;</td>
 *     <td>right side after both; |zetaBar| = |A'r|</td></tr>
 * <tr><td>h, hBar</td><td>h, h&#772;</td><td>directions of the update of x</td></tr>
 * <tr><td>betaAcute, betaCheck, betaHat</td><td>&beta;&#769;, &beta;&#780;, &beta;&#770;</td>
 *     <td>right side of the first QR, rotated</td></tr>
 * <tr><td>betaDot, betaDdot</td><td>&beta;&#775;, &beta;&#776;</td>
 *     <td>its last two entries, which remain in r</td></tr>
 * <tr><td>rhoTilde, thetaTilde, rhoDot, tauTilde, tauDot</td>
 *     <td>&rho;&#771;, &theta;&#771;, &rho;&#775;, &tau;&#771;, &tau;&#775;</td>
 *     <td>third QR, for |r|</td></tr>
 * </table>
 */
public final class Lsmr {

    private final Settings settings;

    /** A solver with these settings. */
    public Lsmr(Settings settings) {
        this.settings = settings;
    }

    /**
     * When to stop, and how much to damp.
     *
     * @param damp weight of |x|, at least 0; 0 is plain least squares
     * @param atol relative error of A, at least 0; the iteration stops when the optimality residual
     *     {@code |A'r| / (|A||r|)} is no larger
     * @param btol relative error of b, at least 0; a consistent system stops when {@code |r| <=
     *     btol |b| + atol |A||x|}
     * @param conlim largest condition estimate to go on with; 0 = no limit
     * @param maxIterations most iterations; 0 = none, so that anything x = 0 does not solve ends
     *     with {@link StopReason#ITERATION_LIMIT}
     */
    public record Settings(
            double damp, double atol, double btol, double conlim, int maxIterations) {

        /** Refuses negative numbers and NaN. */
        public Settings {
            if (!(damp >= 0 && damp < Double.POSITIVE_INFINITY)
                    || !(atol >= 0)
                    || !(btol >= 0)
                    || !(conlim >= 0)
                    || maxIterations < 0) {
                throw new IllegalArgumentException(
                        ("LSMR settings must not be negative or NaN: damp %s, atol %s, "
                                        + "btol %s, conlim %s, iterations %s")
                                .formatted(damp, atol, btol, conlim, maxIterations));
            }
        }

        /** No damping, atol = btol = 1e-6, conlim 1e8 and 5n iterations, for n unknowns. */
        public static Settings defaults(int unknowns) {
            return new Settings(0, 1e-6, 1e-6, 1e8, Math.multiplyExact(5, unknowns));
        }
    }

    /** Solves once, with a workspace of its own; see the class for the contract. */
    public LsmrResult solve(LeastSquaresOperator a, double[] b) {
        Workspace workspace = new Workspace(a.getRowDimension(), a.getColumnDimension());
        solve(a, b, workspace);
        return workspace.result();
    }

    /**
     * Solves without allocating; solution and estimates are left in the workspace.
     *
     * @param a the operator, m x n
     * @param b the right side, m entries
     * @param workspace vectors for m x n, overwritten whatever they hold
     * @throws IllegalArgumentException if the sizes differ or b is not finite
     * @throws ArithmeticException if a product with the operator is not finite
     */
    public StopReason solve(LeastSquaresOperator a, double[] b, Workspace workspace) {
        int m = a.getRowDimension();
        int n = a.getColumnDimension();
        if (b.length != m || workspace.u.length != m || workspace.x.length != n) {
            throw new IllegalArgumentException(
                    "operator is %s x %s, right side %s, workspace %s x %s"
                            .formatted(m, n, b.length, workspace.u.length, workspace.x.length));
        }
        double[] u = workspace.u;
        double[] v = workspace.v;
        double[] h = workspace.h;
        double[] hBar = workspace.hBar;
        double[] x = workspace.x;
        Arrays.fill(x, 0);

        for (int i = 0; i < m; i++) {
            if (!Double.isFinite(b[i])) {
                throw new IllegalArgumentException(
                        "right side: entry %s of %s is %s".formatted(i, m, b[i]));
            }
        }
        double normB = finiteNorm(b, "b", 0);
        // A zero right side and a zero gradient end here, and with them m = 0 and n = 0.
        double alpha = 0;
        if (normB > 0) {
            scaleInto(b, 1 / normB, u);
            a.applyTranspose(u, v);
            alpha = finiteNorm(v, "A'u", 0);
        }
        if (alpha == 0) {
            return workspace.finish(0, normB, 0, alpha, 1, 0, StopReason.ZERO_SOLVES);
        }
        scaleInto(v, 1 / alpha, v);
        System.arraycopy(v, 0, h, 0, n);
        Arrays.fill(hBar, 0);

        double damp = settings.damp();
        double beta = normB;
        double alphaBar = alpha;
        double zetaBar = alpha * beta;
        double rho = 1;
        double rhoBar = 1;
        double cBar = 1;
        double sBar = 0;

        // For |r|.
        double betaDdot = beta;
        double betaDot = 0;
        double rhoDot = 1;
        double tauTilde = 0;
        double thetaTilde = 0;
        double zeta = 0;
        double d = 0;

        // For |A| and cond(A).
        double normBidiagonal = alpha;
        double maxRhoBar = 0;
        double minRhoBar = 1e100;

        double normR = beta;
        double normA = alpha;
        double condA = 1;
        double normX = 0;

        for (int iteration = 0; iteration < settings.maxIterations(); ) {
            iteration++;

            // Next step of the bidiagonalisation: beta u = A v - alpha u, alpha v = A'u - beta v.
            double[] product = workspace.productM;
            a.apply(v, product);
            subtract(product, alpha, u);
            beta = finiteNorm(u, "A v", iteration);
            if (beta > 0) {
                scaleInto(u, 1 / beta, u);
                product = workspace.productN;
                a.applyTranspose(u, product);
                subtract(product, beta, v);
                alpha = finiteNorm(v, "A'u", iteration);
                if (alpha > 0) {
                    scaleInto(v, 1 / alpha, v);
                }
            }

            // The rotation that absorbs damp, then the first QR.
            double alphaHat = Math.hypot(alphaBar, damp);
            double cHat = alphaBar / alphaHat;
            double sHat = damp / alphaHat;
            double rhoOld = rho;
            rho = Math.hypot(alphaHat, beta);
            double c = alphaHat / rho;
            double s = beta / rho;
            double theta = s * alpha;
            alphaBar = c * alpha;

            // The second QR.
            double rhoBarOld = rhoBar;
            double zetaOld = zeta;
            double thetaBar = sBar * rho;
            double rhoTemp = cBar * rho;
            rhoBar = Math.hypot(rhoTemp, theta);
            cBar = rhoTemp / rhoBar;
            sBar = theta / rhoBar;
            zeta = cBar * zetaBar;
            zetaBar = -sBar * zetaBar;

            double hBarFactor = thetaBar * rho / (rhoOld * rhoBarOld);
            double xFactor = zeta / (rho * rhoBar);
            double hFactor = theta / rho;
            for (int j = 0; j < n; j++) {
                double direction = h[j] - hBarFactor * hBar[j];
                hBar[j] = direction;
                x[j] += xFactor * direction;
                h[j] = v[j] - hFactor * h[j];
            }

            // |r|, by a third QR.
            double betaAcute = cHat * betaDdot;
            double betaCheck = -sHat * betaDdot;
            double betaHat = c * betaAcute;
            betaDdot = -s * betaAcute;
            double thetaTildeOld = thetaTilde;
            double rhoTilde = Math.hypot(rhoDot, thetaBar);
            double cTilde = rhoDot / rhoTilde;
            double sTilde = thetaBar / rhoTilde;
            thetaTilde = sTilde * rhoBar;
            rhoDot = cTilde * rhoBar;
            betaDot = -sTilde * betaDot + cTilde * betaHat;
            tauTilde = (zetaOld - thetaTildeOld * tauTilde) / rhoTilde;
            double tauDot = (zeta - thetaTilde * tauTilde) / rhoDot;
            d = Math.hypot(d, betaCheck);
            normR = Math.hypot(d, Math.hypot(betaDot - tauDot, betaDdot));

            normA = Math.hypot(normBidiagonal, beta);
            normBidiagonal = Math.hypot(normA, alpha);
            maxRhoBar = Math.max(maxRhoBar, rhoBarOld);
            if (iteration > 1) {
                minRhoBar = Math.min(minRhoBar, rhoBarOld);
            }
            condA = Math.max(maxRhoBar, rhoTemp) / Math.min(minRhoBar, rhoTemp);
            normX = norm(x);

            StopReason reason =
                    stopReason(normR, Math.abs(zetaBar), normA, condA, normX / normB, normB);
            if (reason != null) {
                return workspace.finish(
                        iteration, normR, Math.abs(zetaBar), normA, condA, normX, reason);
            }
        }
        return workspace.finish(
                settings.maxIterations(),
                normR,
                Math.abs(zetaBar),
                normA,
                condA,
                normX,
                StopReason.ITERATION_LIMIT);
    }

    /** The reason to stop after an iteration, or null to go on; the smallest code wins. */
    @Nullable StopReason stopReason(
            double normR,
            double normAr,
            double normA,
            double condA,
            double normXOverB,
            double normB) {
        double residual = normR / normB;
        double optimality = normA * normR > 0 ? normAr / (normA * normR) : Double.POSITIVE_INFINITY;
        double inverseCondition = 1 / condA;

        // The user's tolerances.
        if (residual <= settings.btol() + settings.atol() * normA * normXOverB) {
            return StopReason.CONSISTENT;
        }
        if (optimality <= settings.atol()) {
            return StopReason.LEAST_SQUARES;
        }
        if (settings.conlim() > 0 && inverseCondition <= 1 / settings.conlim()) {
            return StopReason.ILL_CONDITIONED;
        }
        // The same tests at machine precision, which also serve tolerances of 0.
        if (1 + residual / (1 + normA * normXOverB) <= 1) {
            return StopReason.CONSISTENT_AT_MACHINE_PRECISION;
        }
        if (1 + optimality <= 1) {
            return StopReason.LEAST_SQUARES_AT_MACHINE_PRECISION;
        }
        if (1 + inverseCondition <= 1) {
            return StopReason.ILL_CONDITIONED_AT_MACHINE_PRECISION;
        }
        return null;
    }

    /** Writes {@code to = factor * from}; the two may be one array. */
    private static void scaleInto(double[] from, double factor, double[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] = factor * from[i];
        }
    }

    /** Writes {@code vector = product - factor * vector}. */
    private static void subtract(double[] product, double factor, double[] vector) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] = product[i] - factor * vector[i];
        }
    }

    /** The Euclidean norm; scaled only where squares would overflow or vanish. */
    private static double norm(double[] vector) {
        double sum = 0;
        for (double entry : vector) {
            sum += entry * entry;
        }
        return sum > 1e-290 && sum < 1e290 ? Math.sqrt(sum) : MathArrays.safeNorm(vector);
    }

    private static double finiteNorm(double[] vector, String name, int iteration) {
        double norm = norm(vector);
        if (!(norm < Double.POSITIVE_INFINITY)) {
            throw new ArithmeticException(
                    "vector %s is not finite in iteration %s: its norm is %s"
                            .formatted(name, iteration, norm));
        }
        return norm;
    }

    /**
     * The vectors of one solve, 2m + 5n numbers, and its outcome. Not thread-safe.
     *
     * <p>It belongs to no operator: any problem of its size may use it, one after the other.
     */
    public static final class Workspace {

        private final double[] u;
        private final double[] productM;
        private final double[] v;
        private final double[] productN;
        private final double[] h;
        private final double[] hBar;
        private final double[] x;
        private int iterations;
        private double normR;
        private double normAr;
        private double normA;
        private double condA;
        private double normX;
        private StopReason reason = StopReason.ZERO_SOLVES;

        /** Vectors for an operator of m rows and n columns. */
        public Workspace(int rows, int columns) {
            u = new double[rows];
            productM = new double[rows];
            v = new double[columns];
            productN = new double[columns];
            h = new double[columns];
            hBar = new double[columns];
            x = new double[columns];
        }

        /** The last solution itself; the next solve overwrites it. */
        public double[] x() {
            return x;
        }

        /** A copy of the last outcome. */
        public LsmrResult result() {
            return new LsmrResult(
                    x.clone(), iterations, normR, normAr, normA, condA, normX, reason);
        }

        private StopReason finish(
                int doneIterations,
                double residual,
                double normalResidual,
                double norm,
                double condition,
                double solution,
                StopReason why) {
            iterations = doneIterations;
            normR = residual;
            normAr = normalResidual;
            normA = norm;
            condA = condition;
            normX = solution;
            reason = why;
            return why;
        }
    }
}
