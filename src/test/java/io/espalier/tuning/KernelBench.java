package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.GramBlock;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Times the kernels of scoring and tuning on one thread; a program, not a test.
 *
 * <p>{@code java -cp target/test-classes:target/classes:$(cat target/class-path.txt)
 * io.espalier.tuning.KernelBench [k] [n] [d]}, defaults 1536, 2000, 384.
 */
public final class KernelBench {

    private static final int ROUNDS = 7;

    private KernelBench() {}

    /** Prints the best of several rounds of each kernel. */
    public static void main(String[] arguments) {
        int k = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1536;
        int n = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2000;
        int d = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 384;
        float[] rows = new float[n * k];
        Random random = new Random(1);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        FloatBuffer direct =
                ByteBuffer.allocateDirect(4 * rows.length)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer()
                        .put(rows)
                        .flip();
        float[] weights = new float[n];
        Arrays.fill(weights, 0.5f);
        GramBlock block = new GramBlock(k);
        ProjectionMoments moments = new ProjectionMoments(k);
        double gram = (double) n * k * (k + 1);

        report("gram, direct rows", gram, () -> block.accumulate(direct, n));
        report("gram, heap rows", gram, () -> block.accumulate(rows, n));
        report("gram, weighted heap rows", gram, () -> block.accumulate(rows, weights, n));
        report("drain", 0, () -> block.drainTo(moments.gram()));

        block.accumulate(rows, n);
        PackedSymmetricMatrix sum = new PackedSymmetricMatrix(k);
        block.drainTo(sum);
        ProjectionMoments sample = new ProjectionMoments(k);
        sample.add(n, new double[k], sum);
        double[] square = new double[k * k];
        report(
                "dgemm k x k x k",
                2.0 * k * k * k,
                () -> DenseProduct.multiply(square, square, k, k, k));

        float[] mask = new float[k];
        for (int i = 0; i < k; i++) {
            mask[i] = random.nextBoolean() ? 1 : 0;
        }
        Sublayer sublayer =
                new Sublayer("bench", SublayerKind.FFN, 0, k, 1, List.of(), "bench.output");
        Projection dense = new Projection(k, d, Arrays.copyOf(rows, k * d), new float[d]);
        ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best());
        report("repair, half kept", 0, () -> repair.repair(sublayer, sample, dense, mask));
        Arrays.fill(mask, 1);
        mask[0] = 0;
        report("repair, all but one", 0, () -> repair.repair(sublayer, sample, dense, mask));
    }

    private static void report(String name, double operations, Runnable kernel) {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            kernel.run();
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        System.out.printf(
                "%-26s %8.1f ms %s%n",
                name,
                best * 1e3,
                operations > 0 ? String.format("%6.1f GFLOP/s", operations / best * 1e-9) : "");
    }
}
