package io.espalier.fisher;

import java.nio.charset.StandardCharsets;

/**
 * A seeded 64-bit hash of a sample's id: the only source of chance in the pipeline.
 *
 * <p>FNV-1a over the UTF-8 bytes, then the 64-bit finaliser of MurmurHash3 (Appleby). What is drawn
 * by it does not depend on the order in which samples arrive, so a replay draws the same.
 */
public final class SampleHash {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private SampleHash() {}

    /** The hash of an id under a seed. */
    public static long of(String id, long seed) {
        long hash = FNV_OFFSET ^ mix(seed);
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The hash as a number in [0, 1). */
    public static double uniform(String id, long seed) {
        return (of(id, seed) >>> 11) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long x = value;
        x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
        x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return x ^ (x >>> 33);
    }
}
