package io.espalier.mask;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * The bitmap of a sublayer's kept units: unit i is bit {@code i % 8}, the least significant first,
 * of byte {@code i / 8}; {@code ceil(units / 8)} bytes, spare bits 0.
 */
public final class UnitBits {

    private UnitBits() {}

    /** Bytes of a bitmap. */
    public static int length(int units) {
        return units / 8 + (units % 8 == 0 ? 0 : 1);
    }

    /**
     * The bitmap of the kept units.
     *
     * @throws IllegalArgumentException if a unit is not in [0, units)
     */
    public static byte[] pack(int units, int[] kept) {
        byte[] bytes = new byte[length(units)];
        for (int unit : kept) {
            if (unit < 0 || unit >= units) {
                throw new IllegalArgumentException("unit " + unit + " of " + units);
            }
            bytes[unit / 8] |= (byte) (1 << (unit % 8));
        }
        return bytes;
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
}
