package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.MacCost;
import io.espalier.linalg.DenseProduct;
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

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The programme of a BERT-base, solved for one budget, beside a product of as many multiply-adds as
 * the programme compares: 2472 options times 32,768 buckets are 433 cubed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class AllocationBenchmark {

    private static final int STEP = 16;
    private static final int ORDER = 433;

    private final List<Sublayer> sublayers = Encoders.bertBase();
    private final List<ErrorCurve> curves = new ArrayList<>();
    private final MacCost cost = MacCost.ofLength(768, 64);
    private final double[] square;

    /** Draws curves that rise ever faster. */
    public AllocationBenchmark() {
        Random random = new Random(1);
        for (Sublayer sublayer : sublayers) {
            int step = sublayer.unitWidth() == 1 ? STEP : 1;
            int options = sublayer.units() / step + 1;
            int[] removed = IntStream.range(0, options).map(i -> i * step).toArray();
            double[] errors = new double[options];
            for (int i = 1; i < options; i++) {
                errors[i] = errors[i - 1] + i * random.nextDouble();
            }
            int[] order = IntStream.range(0, sublayer.units()).toArray();
            curves.add(new ErrorCurve(order, removed, errors));
        }
        square = random.doubles(ORDER * ORDER).toArray();
    }

    /** The programme and one answer. */
    @Benchmark
    public Allocation.Result allocate() {
        return new Allocation(sublayers, curves, cost).allocate(Budget.macs(0.4));
    }

    /** The product. */
    @Benchmark
    public double[] anchor() {
        return DenseProduct.multiply(square, square, ORDER, ORDER, ORDER);
    }
}
