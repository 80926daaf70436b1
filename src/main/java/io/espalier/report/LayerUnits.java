package io.espalier.report;

import org.jspecify.annotations.Nullable;

/**
 * One row of a picture.
 *
 * @param layer index from 0
 * @param heads of its attention; null if it has none that is pruned
 * @param neurons of its feed-forward network; null if it has none that is pruned
 */
record LayerUnits(int layer, @Nullable UnitChange heads, @Nullable UnitChange neurons) {

    /** The row in words. */
    String words() {
        String attention = heads == null ? "" : " " + heads.words() + " heads";
        String ffn = neurons == null ? "" : " " + neurons.words() + " neurons";
        String and = heads != null && neurons != null ? " and" : "";
        return "Layer " + layer + " keeps" + attention + and + ffn + ".";
    }
}
