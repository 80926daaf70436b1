package io.espalier.testing;

import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Golden values of the tiny BERT's units, sorted by sublayer in model order. */
public final class GoldenMasks {

    /** Length in tokens that the golden searches count with. */
    public static final double LENGTH = 10.7;

    private GoldenMasks() {}

    /** The binary mask of a pair of tensors, like {@code c0.5/search} for its heads and neurons. */
    public static PruningMask of(String name) {
        return PruningMask.of(TinyBert.sublayers(), perSublayer(name + "_head", name + "_neuron"));
    }

    /** The reference's importance: sums over the batches of squared mean gradients. */
    public static double[][] importance() {
        return Arrays.stream(perSublayer("fisher/head", "fisher/neuron"))
                .map(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray())
                .toArray(double[][]::new);
    }

    /** The eight batch gradients [8][units] of a sublayer. */
    public static List<float[]> gradients(int sublayer) {
        boolean heads = TinyBert.sublayers().get(sublayer).kind() == SublayerKind.ATTENTION;
        int units = heads ? TinyBert.HEADS : TinyBert.NEURONS;
        float[] all = TinyBert.floats(heads ? "grads/head" : "grads/neuron");
        List<float[]> rows = new ArrayList<>();
        for (int batch = 0; batch < TinyBert.BATCHES; batch++) {
            int start = (batch * TinyBert.LAYERS + sublayer / 2) * units;
            rows.add(Arrays.copyOfRange(all, start, start + units));
        }
        return rows;
    }

    private static float[][] perSublayer(String headTensor, String neuronTensor) {
        float[] heads = TinyBert.floats(headTensor);
        float[] neurons = TinyBert.floats(neuronTensor);
        float[][] rows = new float[2 * TinyBert.LAYERS][];
        for (int layer = 0; layer < TinyBert.LAYERS; layer++) {
            rows[2 * layer] = part(heads, layer, TinyBert.HEADS);
            rows[2 * layer + 1] = part(neurons, layer, TinyBert.NEURONS);
        }
        return rows;
    }

    private static float[] part(float[] values, int layer, int units) {
        return Arrays.copyOfRange(values, layer * units, (layer + 1) * units);
    }
}
