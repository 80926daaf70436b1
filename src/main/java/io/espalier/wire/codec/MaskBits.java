package io.espalier.wire.codec;

import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.UnitKind;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * The bitmap of a sublayer's kept units: unit i is bit {@code i % 8}, the least significant first,
 * of byte {@code i / 8}; {@code ceil(units / 8)} bytes, spare bits 0.
 */
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
        byte[] bytes = new byte[length(units)];
        for (int unit : kept) {
            if (unit < 0 || unit >= units) {
                throw new IllegalArgumentException("unit " + unit + " of " + units);
            }
            bytes[unit / 8] |= (byte) (1 << (unit % 8));
        }
        return ByteBuffer.wrap(bytes);
    }

    /**
     * The kept units of a bitmap, ascending. The buffer's position stays.
     *
     * @throws IllegalArgumentException if the length is not that of the units or a spare bit is set
     */
    public static int[] unpack(int units, ByteBuffer bitmap) {
        if (bitmap.remaining() != length(units)) {
            throw new IllegalArgumentException(
                    "bitmap of "
                            + units
                            + " units has "
                            + bitmap.remaining()
                            + " bytes, needs "
                            + length(units));
        }
        BitSet bits = BitSet.valueOf(bitmap);
        if (bits.length() > units) {
            throw new IllegalArgumentException(
                    "bitmap of " + units + " units has bit " + (bits.length() - 1) + " set");
        }
        return bits.stream().toArray();
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

    private static int length(int units) {
        return (units + 7) / 8;
    }
}
