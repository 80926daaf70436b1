package io.espalier.linalg;

import com.sun.management.ThreadMXBean;
import io.espalier.testing.DenseOperator;
import io.espalier.testing.SaundersProblem;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** A warm solve allocates nothing. */
class LsmrAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final SaundersProblem problem = SaundersProblem.of(60, 40, 1, 2, 0.1, 1, 1);
    private final DenseOperator operator = new DenseOperator(problem.a(), 40);
    private final Lsmr lsmr = new Lsmr(Lsmr.Settings.defaults(40));

    @Test
    void aWarmSolveIntoAWorkspaceAllocatesNoByte() {
        Lsmr.Workspace workspace = new Lsmr.Workspace(60, 40);
        for (int i = 0; i < 200; i++) {
            lsmr.solve(operator, problem.b(), workspace);
        }

        long before = THREADS.getCurrentThreadAllocatedBytes();
        lsmr.solve(operator, problem.b(), workspace);
        long after = THREADS.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isZero();
    }

    @Test
    void theCounterSeesTheVectorsOfASolveWithoutOne() {
        lsmr.solve(operator, problem.b());

        long before = THREADS.getCurrentThreadAllocatedBytes();
        lsmr.solve(operator, problem.b());
        long after = THREADS.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isGreaterThan(8L * (2 * 60 + 5 * 40));
    }
}
