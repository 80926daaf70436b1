package io.espalier.linalg;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * All rows of a quadratic form eliminated, 16 at a time, beside a product of as many operations:
 * {@code 2 k^2 (k + d)}, of which k^3 invert.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class SchurEliminationBenchmark {

    private static final int STEP = 16;

    /** Order k and width d. */
    @Param({"1536x384", "3072x768"})
    public String shape = "";

    private int order;
    private int width;
    private double[] a = {};
    private double[] w = {};
    private double[] wide = {};

    /** Draws a diagonally dominant form. */
    @Setup
    public void draw() {
        String[] sizes = shape.split("x", -1);
        order = Integer.parseInt(sizes[0]);
        width = Integer.parseInt(sizes[1]);
        Random random = new Random(1);
        a = random.doubles((long) order * order).toArray();
        for (int i = 0; i < order; i++) {
            a[i * order + i] += order;
        }
        w = random.doubles((long) order * width).toArray();
        wide = random.doubles((long) order * (order + width)).toArray();
    }

    /** The elimination. */
    @Benchmark
    public double eliminate() throws NotPositiveDefiniteException {
        double rise = 0;
        try (SchurElimination elimination = new SchurElimination(a, order, w, width)) {
            for (int from = 0; from < order; from += STEP) {
                rise += elimination.eliminate(IntStream.range(from, from + STEP).toArray());
            }
        }
        return rise;
    }

    /** The product. */
    @Benchmark
    public double[] anchor() {
        return DenseProduct.multiply(a, wide, order, order, order + width);
    }
}
