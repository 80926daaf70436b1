package io.espalier.linalg;

import io.espalier.testing.DenseOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/** LSMR, 50 iterations on a dense operator, beside the operator's products alone. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class LsmrBenchmark {

    private static final int ROWS = 768;
    private static final int COLUMNS = 768;
    private static final int ITERATIONS = 50;

    private final double[][] matrix = new double[ROWS][];
    private final double[] b;
    private final double[] x = new double[COLUMNS];
    private final double[] y = new double[ROWS];
    private final DenseOperator operator = new DenseOperator(matrix, COLUMNS);
    private final Lsmr lsmr = new Lsmr(new Lsmr.Settings(0, 0, 0, 0, ITERATIONS));
    private final Lsmr.Workspace workspace = new Lsmr.Workspace(ROWS, COLUMNS);

    /** Draws operator and right side. */
    public LsmrBenchmark() {
        Random random = new Random(1);
        for (int i = 0; i < ROWS; i++) {
            matrix[i] = random.doubles(COLUMNS).toArray();
        }
        b = random.doubles(ROWS).toArray();
    }

    /** The solver. */
    @Benchmark
    public StopReason solve() {
        return lsmr.solve(operator, b, workspace);
    }

    /** The products that the solver asks for. */
    @Benchmark
    public double[] anchor() {
        operator.applyTranspose(b, x);
        for (int i = 0; i < ITERATIONS; i++) {
            operator.apply(x, y);
            operator.applyTranspose(b, x);
        }
        return y;
    }
}
