package io.espalier.linalg;

/**
 * What LSMR found, with the estimates that say how good it is.
 *
 * <p>The norms are those of the recurrences: true up to rounding for the residuals, estimates for
 * the operator. The array is the caller's own.
 *
 * @param x the solution, n entries
 * @param iterations iterations done
 * @param residualNorm {@code sqrt(|b - A x|^2 + damp^2 |x|^2)}
 * @param normalResidualNorm {@code |A'(b - A x) - damp^2 x|}, the optimality residual
 * @param normEstimate Frobenius norm of A, estimated from below
 * @param conditionEstimate condition number of the damped operator, estimated
 * @param solutionNorm {@code |x|}
 * @param reason why the iteration stopped
 */
@SuppressWarnings("ArrayRecordComponent") // A vector of unknowns; identity is never compared.
public record LsmrResult(
        double[] x,
        int iterations,
        double residualNorm,
        double normalResidualNorm,
        double normEstimate,
        double conditionEstimate,
        double solutionNorm,
        StopReason reason) {}
