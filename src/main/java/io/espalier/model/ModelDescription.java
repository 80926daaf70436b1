package io.espalier.model;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What there is to know of a model without running it.
 *
 * @param digest SHA-256 of {@code model.safetensors}, 64 hexadecimal digits
 * @param labels names of the classes in index order
 * @param hidden hidden size d
 * @param positions longest sequence in tokens
 * @param parameters number of weights in the file
 * @param bytes size of the weights file
 * @param sublayers the sublayers of the dense architecture, in model order
 * @param kept ids of the units present of each sublayer, ascending
 * @param parent digest of the dense model that this one was pruned from; null if this one is dense
 */
public record ModelDescription(
        String digest,
        List<String> labels,
        int hidden,
        int positions,
        long parameters,
        long bytes,
        List<Sublayer> sublayers,
        List<int[]> kept,
        @Nullable String parent) {

    /** Copies the lists. */
    public ModelDescription {
        labels = List.copyOf(labels);
        sublayers = List.copyOf(sublayers);
        kept = List.copyOf(kept);
    }

    /** The mask that is 1 for every unit present. */
    public PruningMask mask() {
        float[][] values = new float[sublayers.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = new float[sublayers.get(i).units()];
            for (int unit : kept.get(i)) {
                values[i][unit] = 1f;
            }
        }
        return PruningMask.of(sublayers, values);
    }

    /** Whether this is a pruned model. */
    public boolean pruned() {
        return parent != null;
    }
}
