package io.espalier.safetensors;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The element types that are read, widest first: files are written in this order, so that every
 * tensor starts at a multiple of its own width.
 */
public enum DType {
    /** IEEE 754 double. */
    F64(8),
    /** Signed, 64 bits. */
    I64(8),
    /** IEEE 754 single. */
    F32(4),
    /** Signed, 32 bits. */
    I32(4),
    /** Unsigned, 32 bits. */
    U32(4),
    /** IEEE 754 half. */
    F16(2),
    /** The upper half of a single. */
    BF16(2),
    /** Signed, 16 bits. */
    I16(2),
    /** Unsigned, 16 bits. */
    U16(2),
    /** Signed byte. */
    I8(1),
    /** Unsigned byte. */
    U8(1),
    /** A byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    static @Nullable DType ofName(String name) {
        return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst().orElse(null);
    }
}
