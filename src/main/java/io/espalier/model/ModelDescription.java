package io.espalier.model;

import io.espalier.mask.Sublayer;

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
 */
public record ModelDescription(
        String digest,
        List<String> labels,
        int hidden,
        int positions,
        long parameters,
        long bytes,
        List<Sublayer> sublayers,
        List<int[]> kept) {

    /** Copies the lists. */
    public ModelDescription {
        labels = List.copyOf(labels);
        sublayers = List.copyOf(sublayers);
        kept = List.copyOf(kept);
    }

    /** Whether any unit of the dense architecture is missing. */
    public boolean pruned() {
        for (int i = 0; i < sublayers.size(); i++) {
            if (kept.get(i).length != sublayers.get(i).units()) {
                return true;
            }
        }
        return false;
    }
}
