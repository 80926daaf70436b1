package io.espalier.search;

import io.espalier.linalg.DenseProduct;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** 1536 neurons rearranged by 256 gradient rows, beside the product of all rows it begins with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class RearrangementBenchmark {

    private static final int UNITS = 1536;
    private static final int ROWS = 256;

    private final List<float[]> rows = new ArrayList<>();
    private final int[] pruned = IntStream.range(0, UNITS / 2).toArray();
    private final double[] tall;
    private final double[] flat;

    /** Draws rows. */
    public RearrangementBenchmark() {
        Random random = new Random(1);
        for (int m = 0; m < ROWS; m++) {
            float[] row = new float[UNITS];
            for (int u = 0; u < UNITS; u++) {
                row[u] = (float) random.nextGaussian();
            }
            rows.add(row);
        }
        tall = random.doubles(UNITS * ROWS).toArray();
        flat = random.doubles(ROWS * UNITS).toArray();
    }

    /** The rearrangement, from the rows on. */
    @Benchmark
    public int[] rearrange() {
        return new Rearrangement(rows, Rearrangement.DEFAULT_RIDGE, Rearrangement.DEFAULT_SWEEPS)
                .prune(pruned);
    }

    /** The product. */
    @Benchmark
    public double[] anchor() {
        return DenseProduct.multiply(tall, flat, UNITS, ROWS, UNITS);
    }
}
