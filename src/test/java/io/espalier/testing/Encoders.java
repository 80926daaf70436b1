package io.espalier.testing;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.List;

/** Sublayers of made-up encoders: attention, then feed-forward, of each layer. */
public final class Encoders {

    private Encoders() {}

    /**
     * The sublayers of an encoder of these sizes; layer l's are {@code l/att} and {@code l/ffn}.
     */
    public static List<Sublayer> of(int layers, int heads, int headWidth, int neurons) {
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            String at = layer + "/";
            sublayers.add(
                    new Sublayer(
                            at + "att",
                            SublayerKind.ATTENTION,
                            layer,
                            heads,
                            headWidth,
                            List.of(at + "q", at + "k", at + "v"),
                            at + "o"));
            sublayers.add(
                    new Sublayer(
                            at + "ffn",
                            SublayerKind.FFN,
                            layer,
                            neurons,
                            1,
                            List.of(at + "up"),
                            at + "down"));
        }
        return sublayers;
    }

    /** BERT-base: 12 layers of 12 heads of 64 and 3072 neurons. */
    public static List<Sublayer> bertBase() {
        return of(12, 12, 64, 3072);
    }
}
