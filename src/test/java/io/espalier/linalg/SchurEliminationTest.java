package io.espalier.linalg;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Elimination against the constrained minimum, solved anew for every set of rows. */
class SchurEliminationTest {

    private static final long SEED = Long.getLong("seed", 41);

    /** Rounding of two solves of condition below 1e4. */
    private static final double TOLERANCE = 1e-9;

    private static final int ORDER = 12;
    private static final int WIDTH = 5;

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void theSumOfRisesIsTheConstrainedMinimumOfWhateverIsGone() throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            RealMatrix a = positiveDefinite(random);
            RealMatrix w = random(random, ORDER, WIDTH);
            try (SchurElimination elimination = elimination(a, w)) {
                double risen = 0;
                int[] order = random.ints(0, ORDER).distinct().limit(ORDER).toArray();
                for (int gone = 0; gone < ORDER; ) {
                    int count = Math.min(ORDER - gone, 1 + random.nextInt(4));
                    int[] rows = java.util.Arrays.copyOfRange(order, gone, gone + count);
                    double before = elimination.rise(rows);
                    double rise = elimination.eliminate(rows);
                    assertThat(rise).isCloseTo(before, within(TOLERANCE * before));
                    risen += rise;
                    gone += count;
                    double expected = minimum(a, w, java.util.Arrays.copyOf(order, gone));
                    assertThat(risen).isCloseTo(expected, within(TOLERANCE * expected));
                }
            }
        }
    }

    @Test
    void oneRowRisesAsABlockOfOneRowDoes() throws Exception {
        Random random = new Random(SEED);
        try (SchurElimination elimination =
                elimination(positiveDefinite(random), random(random, ORDER, WIDTH))) {
            elimination.eliminate(new int[] {3, 7});
            for (int row : new int[] {0, 4, 11}) {
                assertThat(elimination.rise(row))
                        .isCloseTo(elimination.rise(new int[] {row}), within(TOLERANCE));
            }
        }
    }

    @Test
    void redundantRowsAreFreeOnlyOnce() throws Exception {
        // Rows 0 and 1 carry the same input but for a little noise: one of them can go for little,
        // both cannot.
        double[] a = {1 + 1e-6, 1, 0, 1, 1 + 1e-6, 0, 0, 0, 1};
        try (SchurElimination elimination = new SchurElimination(a, 3, new double[] {1, 1, 1}, 1)) {
            assertThat(elimination.rise(0)).isLessThan(1e-5);
            assertThat(elimination.rise(1)).isLessThan(1e-5);
            elimination.eliminate(new int[] {0});
            assertThat(elimination.rise(1)).isCloseTo(4, within(1e-5));
        }
    }

    @Test
    void refusesWhatIsNotPositiveDefinite() throws Exception {
        double[] indefinite = {1, 2, 0, 1};
        assertThatThrownBy(() -> new SchurElimination(indefinite, 2, new double[2], 1))
                .isInstanceOf(NotPositiveDefiniteException.class)
                .hasMessage("matrix of order 2: leading minor 2 is not positive");
        new SchurElimination(new double[] {1, 0.5, 0, 1}, 2, new double[2], 1).close();
    }

    @Test
    void refusesLengthsThatDoNotFit() {
        assertThatThrownBy(() -> new SchurElimination(new double[4], 2, new double[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("elimination of order 2 and width 1 given 4 and 3 numbers");
    }

    private static SchurElimination elimination(RealMatrix a, RealMatrix w)
            throws NotPositiveDefiniteException {
        return new SchurElimination(flat(a), ORDER, flat(w), WIDTH);
    }

    /** {@code min tr((V - W)'A(V - W))} over V whose given rows are 0, by its normal equations. */
    private static double minimum(RealMatrix a, RealMatrix w, int[] zero) {
        boolean[] gone = new boolean[ORDER];
        for (int row : zero) {
            gone[row] = true;
        }
        int[] free = IntStream.range(0, ORDER).filter(i -> !gone[i]).toArray();
        RealMatrix difference = new Array2DRowRealMatrix(ORDER, WIDTH); // W - V
        for (int row : zero) {
            difference.setRow(row, w.getRow(row));
        }
        if (free.length > 0) {
            RealMatrix right = a.multiply(difference).getSubMatrix(free, columns(WIDTH));
            RealMatrix solved =
                    new LUDecomposition(a.getSubMatrix(free, free)).getSolver().solve(right);
            for (int i = 0; i < free.length; i++) {
                difference.setRowMatrix(free[i], solved.getRowMatrix(i).scalarMultiply(-1));
            }
        }
        return difference.transpose().multiply(a).multiply(difference).getTrace();
    }

    private static int[] columns(int count) {
        return IntStream.range(0, count).toArray();
    }

    private static RealMatrix positiveDefinite(Random random) {
        RealMatrix x = random(random, 3 * ORDER, ORDER);
        RealMatrix a = x.transpose().multiply(x);
        for (int i = 0; i < ORDER; i++) {
            a.addToEntry(i, i, 0.1);
        }
        return a;
    }

    private static RealMatrix random(Random random, int rows, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.setEntry(i, j, random.nextGaussian());
            }
        }
        return matrix;
    }

    private static double[] flat(RealMatrix matrix) {
        return java.util.Arrays.stream(matrix.getData())
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
    }
}
