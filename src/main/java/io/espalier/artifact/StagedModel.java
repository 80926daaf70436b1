package io.espalier.artifact;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * A complete, durable directory that waits to be published; rests in state between a snapshot and
 * its commit.
 *
 * @param model id of the model
 * @param version id of the version it will become
 * @param stagingPath its place, relative to the store's root
 * @param manifestDigest SHA-256 of its manifest, in hexadecimal
 * @param bytes size of its manifest and the files that lists
 */
public record StagedModel(
        String model, String version, String stagingPath, String manifestDigest, long bytes) {

    static final String STAGING = ".staging";
    private static final int STATE_VERSION = 1;
    private static final Pattern STAGING_PATH =
            Pattern.compile(
                    "\\.staging/(?!.*\\.\\.)([a-z0-9][a-z0-9._-]{0,63}~)?[a-z0-9][a-z0-9-]{0,63}");

    /** Refuses names that could leave the store. */
    public StagedModel {
        Ids.require("model id", model);
        Ids.require("version", version);
        if (!STAGING_PATH.matcher(stagingPath).matches()) {
            throw new IllegalArgumentException(
                    "staging path of version '" + version + "' must match " + STAGING_PATH);
        }
    }

    /** Its name within staging, which the collection of orphans has to spare. */
    public String stagingName() {
        return stagingPath.substring(STAGING.length() + 1);
    }

    /** What the names in staging begin with that belong to a model. */
    static String own(String model) {
        return Ids.require("model id", model) + "~";
    }

    /** Writes the state form, its version first. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(STATE_VERSION);
        out.writeUTF(model);
        out.writeUTF(version);
        out.writeUTF(stagingPath);
        out.writeUTF(manifestDigest);
        out.writeLong(bytes);
    }

    /** Reads the state form; one of a newer build is refused. */
    public static StagedModel read(DataInput in) throws IOException {
        int stateVersion = in.readByte();
        if (stateVersion != STATE_VERSION) {
            throw new IOException(
                    "staged model of state version "
                            + stateVersion
                            + ", this build reads version "
                            + STATE_VERSION
                            + "; restore with the build that wrote it");
        }
        return new StagedModel(
                in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
    }
}
