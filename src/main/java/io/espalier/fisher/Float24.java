package io.espalier.fisher;

/**
 * The upper 24 bits of an IEEE 754 single: sign, 8 bits of exponent, 15 of fraction; what second
 * moments rest as.
 *
 * <p>Rounded to the nearest, ties to even; relative error at most 2^-16. A ridge of 1e-4 of the
 * mean variance, the smallest that is of use, is some hundred times larger.
 */
final class Float24 {

    /** Bytes of a number. */
    static final int BYTES = 3;

    private Float24() {}

    /** Each number in three bytes, the highest first. */
    static byte[] pack(double[] values) {
        byte[] packed = new byte[Math.multiplyExact(values.length, BYTES)];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToIntBits((float) values[i]);
            int rounded = bits + 0x7F + ((bits >>> 8) & 1);
            packed[BYTES * i] = (byte) (rounded >>> 24);
            packed[BYTES * i + 1] = (byte) (rounded >>> 16);
            packed[BYTES * i + 2] = (byte) (rounded >>> 8);
        }
        return packed;
    }

    /** The numbers that {@link #pack} rounded to. */
    static double[] unpack(byte[] packed) {
        double[] values = new double[packed.length / BYTES];
        for (int i = 0; i < values.length; i++) {
            int bits =
                    (packed[BYTES * i] & 0xFF) << 24
                            | (packed[BYTES * i + 1] & 0xFF) << 16
                            | (packed[BYTES * i + 2] & 0xFF) << 8;
            values[i] = Float.intBitsToFloat(bits);
        }
        return values;
    }
}
