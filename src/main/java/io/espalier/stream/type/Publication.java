package io.espalier.stream.type;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.StagedModel;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What one checkpoint makes visible in the store: a staged model, a move of what is live, or both.
 *
 * @param staged to be published; null for a rollback
 * @param live to be named in {@code live.json}; null if nothing moves
 */
public record Publication(@Nullable StagedModel staged, @Nullable LivePointer live) {

    /** Writes both. */
    public void write(DataOutput out) throws IOException {
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
    }

    /** Reads what {@link #write} wrote. */
    public static Publication read(DataInput in) throws IOException {
        StagedModel staged = in.readBoolean() ? StagedModel.read(in) : null;
        LivePointer live =
                in.readBoolean()
                        ? new LivePointer(
                                in.readUTF(),
                                in.readUTF(),
                                in.readLong(),
                                in.readUTF(),
                                in.readUTF())
                        : null;
        return new Publication(staged, live);
    }
}
