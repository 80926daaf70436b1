package io.espalier.mask;

/**
 * How far two masks of one model lie apart, over the sublayers of one kind.
 *
 * @param flips units kept by exactly one of the two
 * @param jaccardDistance {@code 1 - |A and B| / |A or B|} of the kept units, in [0, 1]; 0 if both
 *     keep nothing
 */
public record MaskDelta(int flips, double jaccardDistance) {

    /**
     * The difference of two masks over the same sublayers.
     *
     * @throws IllegalArgumentException if the masks are of different sublayers
     */
    public static MaskDelta between(PruningMask a, PruningMask b, SublayerKind kind) {
        if (!a.sublayers().equals(b.sublayers())) {
            throw new IllegalArgumentException(
                    "masks of different models: "
                            + a.sublayers().size()
                            + " and "
                            + b.sublayers().size()
                            + " sublayers");
        }
        int both = 0;
        int either = 0;
        for (int i = 0; i < a.sublayers().size(); i++) {
            Sublayer sublayer = a.sublayers().get(i);
            if (sublayer.kind() != kind) {
                continue;
            }
            for (int unit = 0; unit < sublayer.units(); unit++) {
                boolean inA = a.keeps(i, unit);
                boolean inB = b.keeps(i, unit);
                both += inA && inB ? 1 : 0;
                either += inA || inB ? 1 : 0;
            }
        }
        return new MaskDelta(either - both, either == 0 ? 0.0 : 1.0 - (double) both / either);
    }
}
