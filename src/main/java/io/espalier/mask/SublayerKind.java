package io.espalier.mask;

import java.util.Locale;

/** What a sublayer's units are. */
public enum SublayerKind {
    /** Units are attention heads; a head spans {@code d_h} inputs of the output projection. */
    ATTENTION,
    /** Units are neurons of the feed-forward network; a neuron is one input of its projection. */
    FFN;

    /** The name used in configurations, manifests and messages: {@code attention}, {@code ffn}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind of a label.
     *
     * @throws IllegalArgumentException if no kind has this label
     */
    public static SublayerKind ofLabel(String label) {
        for (SublayerKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "sublayer kind '" + label + "' is not one of attention, ffn");
    }
}
