package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
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

/**
 * A feed-forward sublayer of k = 1536 inputs and d = 384 outputs repaired after half of it went,
 * beside a product of as many operations: {@code 2 d s^2} for the cross term, {@code s^3 / 3 + 2 d
 * s^2} for the solve, s = k / 2.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class ProjectionRepairBenchmark {

    private static final int WIDTH = 1536;
    private static final int HIDDEN = 384;
    private static final int KEPT = WIDTH / 2;
    private static final int COLUMNS = 2 * HIDDEN + KEPT / 6;

    private final Sublayer sublayer = Encoders.of(1, 12, 32, WIDTH).get(1);
    private final ProjectionMoments moments = new ProjectionMoments(WIDTH);
    private final Projection dense;
    private final float[] mask = new float[WIDTH];
    private final double[] square;
    private final double[] wide;
    private final ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best());

    /** Draws moments that are diagonally dominant, and weights. */
    public ProjectionRepairBenchmark() {
        Random random = new Random(1);
        moments.addSums(1, new double[WIDTH]);
        for (int i = 0; i < WIDTH; i++) {
            double[] row = random.doubles(WIDTH).toArray();
            row[i] += WIDTH;
            moments.addGramRow(i, row, i);
            mask[i] = i % 2;
        }
        float[] weight = new float[HIDDEN * WIDTH];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = random.nextFloat();
        }
        dense = new Projection(WIDTH, HIDDEN, weight, new float[HIDDEN]);
        square = random.doubles(KEPT * KEPT).toArray();
        wide = random.doubles(KEPT * COLUMNS).toArray();
    }

    /** The repair. */
    @Benchmark
    public RepairedProjection repair() {
        return repair.repair(sublayer, moments, dense, mask);
    }

    /** The product. */
    @Benchmark
    public double[] anchor() {
        return DenseProduct.multiply(square, wide, KEPT, KEPT, COLUMNS);
    }
}
