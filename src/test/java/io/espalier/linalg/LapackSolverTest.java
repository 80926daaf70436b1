package io.espalier.linalg;

import org.junit.jupiter.api.Test;

import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** LAPACK under the contract, and the choice between it and the fallback. */
class LapackSolverTest extends PositiveDefiniteSolverContract {

    @Override
    PositiveDefiniteSolver solver() {
        return new LapackSolver();
    }

    @Test
    void isTheBestWhereTheLibraryLoads() {
        assertThat(PositiveDefiniteSolver.best().description()).isEqualTo("LAPACK (OpenBLAS)");
    }

    @Test
    void givesWayToTheFallbackWithAReason() {
        assertThat(LapackSolver.unless(Optional.of("no library for riscv64")).description())
                .isEqualTo("Commons Math (no library for riscv64)");
    }
}
