package io.espalier.mask;

/**
 * The affine map that ends a sublayer, {@code o = X W + b}.
 *
 * <p>The weight lies as in a checkpoint, {@code [outputs, inputs]} row-major, which is {@code W}
 * transposed. The arrays are the record's own by convention and are not to be written to; large
 * matrices are not copied.
 *
 * @param inputs columns of the weight; 0 for a sublayer that is nothing but its bias
 * @param outputs rows of the weight, the hidden size d
 * @param weight {@code [outputs, inputs]}
 * @param bias {@code [outputs]}
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes of weights; identity is never compared.
public record Projection(int inputs, int outputs, float[] weight, float[] bias) {

    /** Checks the lengths. */
    public Projection {
        if (weight.length != Math.multiplyExact(inputs, outputs) || bias.length != outputs) {
            throw new IllegalArgumentException(
                    "projection "
                            + outputs
                            + " x "
                            + inputs
                            + " has "
                            + weight.length
                            + " weights and "
                            + bias.length
                            + " biases");
        }
    }
}
