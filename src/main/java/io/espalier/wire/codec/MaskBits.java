package io.espalier.wire.codec;

import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.mask.UnitBits;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.UnitKind;

import java.nio.ByteBuffer;

/** The {@link UnitBits bitmap} of a sublayer's kept units, as records carry it. */
public final class MaskBits {

    private MaskBits() {}

    /** The bitmap of one sublayer of a mask. */
    public static ByteBuffer pack(PruningMask mask, int sublayer) {
        return pack(mask.sublayers().get(sublayer).units(), mask.keptUnits(sublayer));
    }

    /**
     * The bitmap of the kept units.
     *
     * @throws IllegalArgumentException if a unit is not in [0, units)
     */
    public static ByteBuffer pack(int units, int[] kept) {
        return ByteBuffer.wrap(UnitBits.pack(units, kept));
    }

    /**
     * The kept units of a bitmap, ascending. The buffer's position stays.
     *
     * @throws IllegalArgumentException if the length is not that of the units or a spare bit is set
     */
    public static int[] unpack(int units, ByteBuffer bitmap) {
        return UnitBits.unpack(units, bitmap);
    }

    /**
     * The kept units of one sublayer of an update, ascending.
     *
     * @throws IllegalArgumentException if its bitmap does not fit its units
     */
    public static int[] kept(SublayerMask mask) {
        return unpack(mask.getUnits(), mask.getKept());
    }

    /** The wire's name for the units of a kind of sublayer. */
    public static UnitKind unitKind(SublayerKind kind) {
        return switch (kind) {
            case ATTENTION -> UnitKind.HEAD;
            case FFN -> UnitKind.NEURON;
        };
    }
}
