package io.espalier.fisher;

/**
 * What a sublayer's projection leaves unexplained of a target, beside the moments of its input.
 *
 * <pre>
 *   n, s, G   of the inputs x_t [k]          cross = sum_t w_t e_t' x_t          sum = sum_t w_t e_t
 * </pre>
 *
 * over tokens t with weights w_t, where e_t [d] is the target less what the projection gives now.
 * They are all that least squares on the tokens needs. The arrays are the record's own by
 * convention and are not to be written to; they are megabytes.
 *
 * @param inputs weighted moments of the kept inputs, width k, which may be 0
 * @param cross [d, k] row-major, the orientation of a checkpoint's weight
 * @param sum [d]
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes of sums; identity is never compared.
public record ResidualMoments(ProjectionMoments inputs, double[] cross, double[] sum) {

    /** Checks the lengths. */
    public ResidualMoments {
        if (cross.length != Math.multiplyExact(inputs.width(), sum.length)) {
            throw new IllegalArgumentException(
                    "residual moments of %s inputs and %s outputs have %s cross moments"
                            .formatted(inputs.width(), sum.length, cross.length));
        }
    }

    /** The moments of both sets of tokens together; neither is touched. */
    public ResidualMoments plus(ResidualMoments other) {
        ProjectionMoments both = new ProjectionMoments(inputs.width());
        both.merge(inputs);
        both.merge(other.inputs);
        return new ResidualMoments(both, sum(cross, other.cross), sum(sum, other.sum));
    }

    private static double[] sum(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "moments of " + b.length + " numbers do not fit " + a.length);
        }
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }
}
