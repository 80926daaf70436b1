package io.espalier.stream.type;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.StagedModel;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one checkpoint makes visible in the store: a staged model, a move of what is live, or both.
 *
 * @param staged to be published; null for a rollback
 * @param live to be named in {@code live.json}; null if nothing moves
 * @param referenced versions of the staged model's budget that later windows may load; empty if
 *     that is not known, as in what an earlier build wrote
 */
public record Publication(
        @Nullable StagedModel staged, @Nullable LivePointer live, SortedSet<String> referenced) {

    /** Of the form with {@code referenced}; the earlier one began with a flag, 0 or 1. */
    private static final int VERSION = 2;

    /** Copies the set. */
    public Publication {
        referenced = new TreeSet<>(referenced);
    }

    /** Writes a version and all fields. */
    public void write(DataOutput out) throws IOException {
        StateVersion.write(out, VERSION);
        out.writeBoolean(staged != null);
        if (staged != null) {
            staged.write(out);
        }
        out.writeBoolean(live != null);
        if (live != null) {
            out.writeUTF(live.model());
            out.writeUTF(live.budget());
            out.writeLong(live.sequence());
            out.writeUTF(live.version());
            out.writeUTF(live.manifestDigest());
        }
        out.writeInt(referenced.size());
        for (String version : referenced) {
            out.writeUTF(version);
        }
    }

    /** Reads what {@link #write} wrote, or an earlier build's. */
    public static Publication read(DataInput in) throws IOException {
        int version = StateVersion.require(in, 0, VERSION, "publication");
        boolean isStaged = version == VERSION ? in.readBoolean() : version == 1;
        StagedModel staged = isStaged ? StagedModel.read(in) : null;
        LivePointer live =
                in.readBoolean()
                        ? new LivePointer(
                                in.readUTF(),
                                in.readUTF(),
                                in.readLong(),
                                in.readUTF(),
                                in.readUTF())
                        : null;
        SortedSet<String> referenced = new TreeSet<>();
        for (int left = version == VERSION ? in.readInt() : 0; left > 0; left--) {
            referenced.add(in.readUTF());
        }
        return new Publication(staged, live, referenced);
    }
}
