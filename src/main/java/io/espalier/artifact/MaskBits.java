package io.espalier.artifact;

import io.espalier.mask.PruningMask;
import io.espalier.mask.UnitBits;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The packed form of a mask's structure, {@code masks/mask.bits}: a bit a unit.
 *
 * <pre>
 *   offset  bytes            content, little-endian
 *   0       4                "ESPM"
 *   4       2                format, 1
 *   6       2                number of sublayers S
 *   8       4 S              number of units of each sublayer, in model order
 *   8+4S    sum ceil(n/8)    for each sublayer its bits: unit u is bit u mod 8 (lowest first) of
 *                            byte u / 8, 1 = kept; bits beyond the last unit are 0
 * </pre>
 */
public final class MaskBits {

    static final String FILE = "masks/mask.bits";

    private static final byte[] MAGIC = "ESPM".getBytes(StandardCharsets.US_ASCII);
    private static final short FORMAT = 1;
    private static final int HEAD = 8;

    private MaskBits() {}

    /** Packs a mask. */
    public static byte[] write(PruningMask mask) {
        int sublayers = mask.sublayers().size();
        int bytes = HEAD + 4 * sublayers;
        for (int i = 0; i < sublayers; i++) {
            bytes += UnitBits.length(mask.sublayers().get(i).units());
        }
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putShort(FORMAT).putShort((short) sublayers);
        mask.sublayers().forEach(sublayer -> out.putInt(sublayer.units()));
        for (int i = 0; i < sublayers; i++) {
            out.put(UnitBits.pack(mask.sublayers().get(i).units(), mask.keptUnits(i)));
        }
        return out.array();
    }

    /**
     * Unpacks the bits.
     *
     * @return for each sublayer its kept units, ascending
     * @throws ArtifactException if the bytes are not a mask's
     */
    public static List<int[]> read(byte[] packed) throws ArtifactException {
        ByteBuffer in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        if (packed.length < HEAD || !startsWithMagic(packed)) {
            throw new ArtifactException(FILE + ": does not begin with ESPM");
        }
        in.position(MAGIC.length);
        short format = in.getShort();
        if (format != FORMAT) {
            throw new ArtifactException(
                    FILE + ": is of format " + format + ", this build reads " + FORMAT);
        }
        int sublayers = Short.toUnsignedInt(in.getShort());
        long needed = HEAD + 4L * sublayers;
        for (int i = 0; i < sublayers && HEAD + 4L * (i + 1) <= packed.length; i++) {
            needed += (Integer.toUnsignedLong(in.getInt(HEAD + 4 * i)) + 7) / 8;
        }
        if (needed != packed.length) {
            throw new ArtifactException(
                    "%s: %d sublayers need %d bytes, the file has %d"
                            .formatted(FILE, sublayers, needed, packed.length));
        }
        List<int[]> kept = new ArrayList<>();
        int at = HEAD + 4 * sublayers;
        for (int i = 0; i < sublayers; i++) {
            int units = in.getInt(HEAD + 4 * i);
            int length = UnitBits.length(units);
            try {
                kept.add(UnitBits.unpack(units, in.slice(at, length)));
            } catch (IllegalArgumentException e) {
                throw new ArtifactException(FILE + ": sublayer " + i + ": " + e.getMessage(), e);
            }
            at += length;
        }
        return kept;
    }

    private static boolean startsWithMagic(byte[] packed) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (packed[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }
}
