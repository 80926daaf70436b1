package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes values of one type and reads them back; a later format begins with another version. */
interface Codec<T> {

    /** Writes a value completely. */
    void write(T value, DataOutput out) throws IOException;

    /** Reads exactly what {@link #write} wrote. */
    T read(DataInput in) throws IOException;
}
