package io.espalier.report;

import io.espalier.mask.SublayerKind;

import java.util.BitSet;
import java.util.List;

/**
 * Which units of one sublayer are kept.
 *
 * @param kind of the units
 * @param layer index from 0
 * @param units of the dense parent
 * @param kept ids, ascending
 */
public record KeptUnits(SublayerKind kind, int layer, int units, List<Integer> kept) {

    /** Refuses ids out of range or order; copies the list. */
    public KeptUnits {
        kept = List.copyOf(kept);
        int previous = -1;
        for (int id : kept) {
            if (id <= previous || id >= units) {
                throw new IllegalArgumentException(
                        "%s of layer %d keeps unit %d after %d of %d; ids are ascending"
                                .formatted(kind.label(), layer, id, previous, units));
            }
            previous = id;
        }
    }

    BitSet bits() {
        BitSet bits = new BitSet(units);
        kept.forEach(bits::set);
        return bits;
    }
}
