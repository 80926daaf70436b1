package io.espalier.testing;

import java.util.Random;

/**
 * A damped least-squares problem of known condition and known solution, after the generator of
 * Paige and Saunders for LSQR (doi:10.1145/355984.355989).
 *
 * <p>{@code A = Y D Z} with Householder reflections Y and Z and singular values {@code (ceil(i/q) q
 * / p)^power}, i = 1..p, p = min(m, n), each q times. The residual {@code r = b - A x} is built so
 * that {@code A'r = damp^2 x} holds for the given x, which therefore is the solution (of least
 * norm, where there are several).
 *
 * @param a the matrix, m rows of n numbers
 * @param b the right side
 * @param x the solution
 * @param damp the damping
 * @param condition largest over smallest singular value of A
 */
@SuppressWarnings("ArrayRecordComponent") // Test data, never compared.
public record SaundersProblem(double[][] a, double[] b, double[] x, double damp, double condition) {

    /**
     * Generates one.
     *
     * @param residual norm of the part of b outside the range of A; only where m > n
     */
    public static SaundersProblem of(
            int m, int n, int duplicates, int power, double damp, double residual, long seed) {
        Random random = new Random(seed);
        int p = Math.min(m, n);
        double[] sigma = new double[p];
        for (int i = 0; i < p; i++) {
            double step = Math.ceil((i + 1.0) / duplicates) * duplicates / p;
            sigma[i] = Math.pow(step, power);
        }
        double[] y = unit(m, random);
        double[] z = unit(n, random);

        double[] x = new double[n];
        double[] right = new double[m];
        for (int i = 0; i < p; i++) {
            x[i] = 1.0 - 2.0 * i / p;
            right[i] = sigma[i] * x[i] + damp * damp * x[i] / sigma[i];
        }
        for (int i = p; i < m; i++) {
            right[i] = residual * random.nextGaussian() / Math.sqrt(m - p);
        }
        reflect(z, x);
        reflect(y, right);

        double[][] a = new double[m][n];
        for (int j = 0; j < n; j++) {
            double[] column = new double[n];
            column[j] = 1;
            reflect(z, column);
            double[] image = new double[m];
            for (int i = 0; i < p; i++) {
                image[i] = sigma[i] * column[i];
            }
            reflect(y, image);
            for (int i = 0; i < m; i++) {
                a[i][j] = image[i];
            }
        }
        return new SaundersProblem(a, right, x, damp, sigma[p - 1] / sigma[0]);
    }

    /** The optimality residual {@code |A'(b - A v) - damp^2 v|} of any v, by plain loops. */
    public double optimalityResidual(double[] v) {
        double[] gradient = new double[v.length];
        for (int i = 0; i < b.length; i++) {
            double r = b[i];
            for (int j = 0; j < v.length; j++) {
                r -= a[i][j] * v[j];
            }
            for (int j = 0; j < v.length; j++) {
                gradient[j] += a[i][j] * r;
            }
        }
        double sum = 0;
        for (int j = 0; j < v.length; j++) {
            sum += Math.pow(gradient[j] - damp * damp * v[j], 2);
        }
        return Math.sqrt(sum);
    }

    private static double[] unit(int length, Random random) {
        double[] vector = random.doubles(length, -1, 1).toArray();
        double sum = 0;
        for (double entry : vector) {
            sum += entry * entry;
        }
        for (int i = 0; i < length; i++) {
            vector[i] /= Math.sqrt(sum);
        }
        return vector;
    }

    private static void reflect(double[] unit, double[] vector) {
        double product = 0;
        for (int i = 0; i < vector.length; i++) {
            product += unit[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] -= 2 * product * unit[i];
        }
    }
}
