package io.espalier.tuning;

import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.DenseProduct;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.Arrays;

/**
 * The normal equations {@code G m = b} of a sublayer's mask values, as the published method sets
 * them up (Kwon et al., NeurIPS 2022, section 4.3).
 *
 * <pre>
 *   min over m of  sum_t | sum_u m_u X_tu W_u + b_o - target_t |^2
 *   G_uv = sum over i in u, j in v of  (X'X)_ij (W W')_ij
 *   b_u  = sum_t &lt;X_tu W_u, target_t - b_o&gt; = sum over i in u of &lt;W_i, (X'E)_i&gt; + sum_v G_uv
 * </pre>
 *
 * with E the residual at masks of 1. For heads a last unknown is added, one number added to all
 * outputs of all tokens.
 *
 * @param order unknowns n
 * @param units unknowns that are mask values; the rest is the offset
 * @param gram G, [n, n] row-major, both triangles
 * @param right b, [n]
 */
@SuppressWarnings("ArrayRecordComponent") // Handed to a solver, never compared.
public record MaskValueSystem(int order, int units, double[] gram, double[] right) {

    /**
     * The system of one sublayer.
     *
     * @param kept the projection over the kept inputs alone, with dense weights
     * @param moments of the kept inputs and of the residual the kept projection leaves
     */
    public static MaskValueSystem of(Sublayer sublayer, Projection kept, ResidualMoments moments) {
        int inputs = kept.inputs();
        int width = sublayer.unitWidth();
        int units = inputs / width;
        boolean offset = sublayer.kind() == SublayerKind.ATTENTION;
        int n = units + (offset ? 1 : 0);
        double[] products = products(kept);
        double[] gram = new double[Math.multiplyExact(n, n)];
        double[] right = new double[n];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                gram[i / width * n + j / width] +=
                        products[i * inputs + j] * moments.inputs().gram().get(i, j);
            }
            for (int o = 0; o < kept.outputs(); o++) {
                double w = kept.weight()[o * inputs + i];
                right[i / width] += w * moments.cross()[o * inputs + i];
                if (offset) {
                    gram[i / width * n + units] += w * moments.inputs().sum()[i];
                }
            }
        }
        if (offset) {
            gram[units * n + units] = moments.inputs().weight() * kept.outputs();
            right[units] = Arrays.stream(moments.sum()).sum();
            for (int u = 0; u < units; u++) {
                gram[units * n + u] = gram[u * n + units];
            }
        }
        for (int u = 0; u < n; u++) {
            for (int v = 0; v < units; v++) {
                right[u] += gram[u * n + v];
            }
        }
        return new MaskValueSystem(n, units, gram, right);
    }

    /** W W', [k, k] over inputs. */
    static double[] products(Projection kept) {
        int inputs = kept.inputs();
        int outputs = kept.outputs();
        double[] weight = new double[kept.weight().length]; // [d, k]
        double[] transposed = new double[weight.length]; // [k, d]
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                weight[o * inputs + i] = kept.weight()[o * inputs + i];
                transposed[i * outputs + o] = weight[o * inputs + i];
            }
        }
        return DenseProduct.multiply(transposed, weight, inputs, outputs, inputs);
    }
}
