package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The version that each kind of state begins with. */
final class StateVersion {

    private StateVersion() {}

    static void write(DataOutput out, int version) throws IOException {
        out.writeByte(version);
    }

    /**
     * Reads a version.
     *
     * @throws IOException if it is another one; the message names both
     */
    static void require(DataInput in, int version, String what) throws IOException {
        require(in, version, version, what);
    }

    /**
     * Reads a version from a first to a last one.
     *
     * @return which it is
     */
    static int require(DataInput in, int first, int last, String what) throws IOException {
        int found = in.readByte();
        if (found < first || found > last) {
            throw new IOException(
                    what
                            + " of version "
                            + found
                            + "; this Espalier reads version "
                            + (first == last ? last : first + " to " + last)
                            + ": run the one that wrote it, or start without the old state");
        }
        return found;
    }
}
