package io.espalier.linalg;

/** The fallback under the contract. */
class CommonsMathSolverTest extends PositiveDefiniteSolverContract {

    @Override
    PositiveDefiniteSolver solver() {
        return new CommonsMathSolver("asked for by a test");
    }
}
