package io.espalier.fisher;

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

/** The triangle of a matrix of order 1536 packed and unpacked, beside a copy of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class Float24Benchmark {

    private static final int NUMBERS = 1536 * 1537 / 2;

    private final double[] values = new Random(1).doubles(NUMBERS).toArray();
    private final byte[] packed = Float24.pack(values);

    /** To three bytes each. */
    @Benchmark
    public byte[] pack() {
        return Float24.pack(values);
    }

    /** And back. */
    @Benchmark
    public double[] unpack() {
        return Float24.unpack(packed);
    }

    /** The copy. */
    @Benchmark
    public double[] anchor() {
        return values.clone();
    }
}
