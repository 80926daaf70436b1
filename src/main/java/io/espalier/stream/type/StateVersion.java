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
        int found = in.readByte();
        if (found != version) {
            throw new IOException(
                    what
                            + " of version "
                            + found
                            + "; this Espalier reads version "
                            + version
                            + ": run the one that wrote it, or start without the old state");
        }
    }
}
