package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What {@code manifest.json} says: the files of a published directory and where they come from.
 *
 * <p>Everything in it is a function of the input; the SHA-256 of its bytes is the artefact's
 * digest. Members stand in the file as the components stand here.
 *
 * @param format 2; format 1 knew neither effective samples nor offsets
 * @param model id of the model
 * @param version id of the version
 * @param tool program and version that wrote it
 * @param parent {@code sha256:} and the digest of the dense parent's {@code model.safetensors}
 * @param decision id of the decision
 * @param budget share allowed and used
 * @param window event time decided for
 * @param samples calibration samples in the statistics
 * @param effectiveSamples what they are worth after forgetting; 0 if that was not recorded
 * @param offsets where they were read; empty if that was not recorded
 * @param profile of the numerics
 * @param loss kind of loss
 * @param statistics digest of the statistics
 * @param seed of everything drawn
 * @param structure the sublayers in model order
 * @param files sorted by name; all files of the directory but this one and {@code run.json}
 */
public record Manifest(
        int format,
        String model,
        String version,
        String tool,
        String parent,
        String decision,
        Budget budget,
        Window window,
        long samples,
        double effectiveSamples,
        List<Offsets> offsets,
        String profile,
        String loss,
        String statistics,
        long seed,
        List<Structure> structure,
        List<FileEntry> files) {

    /** Name of the file. */
    public static final String FILE = "manifest.json";

    static final int FORMAT = 2;
    private static final int WITHOUT_OFFSETS = 1;
    static final String DIGEST_PREFIX = "sha256:";

    /** Refuses another format, bad ids and a file named twice or out of order. */
    public Manifest {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "format " + format + ", this build reads format " + FORMAT);
        }
        Ids.require("model id", model);
        Ids.require("version", version);
        if (!(effectiveSamples >= 0) || Double.isInfinite(effectiveSamples)) {
            throw new IllegalArgumentException("effective samples " + effectiveSamples);
        }
        offsets = List.copyOf(offsets);
        structure = List.copyOf(structure);
        files = List.copyOf(files);
        for (int i = 1; i < files.size(); i++) {
            if (files.get(i - 1).name().compareTo(files.get(i).name()) >= 0) {
                throw new IllegalArgumentException(
                        "file '" + files.get(i).name() + "' is named twice or out of order");
            }
        }
    }

    /**
     * The share of the dense cost that is kept.
     *
     * @param spec as configured, like {@code macs=0.5}
     * @param target share allowed
     * @param achieved share used
     */
    public record Budget(String spec, double target, double achieved) {

        /** Refuses what is no number. */
        public Budget {
            if (!Double.isFinite(target) || !Double.isFinite(achieved)) {
                throw new IllegalArgumentException(
                        "budget '" + spec + "': target " + target + ", achieved " + achieved);
            }
        }
    }

    /**
     * A span of event time.
     *
     * @param start first millisecond since the epoch
     * @param end first millisecond after it
     */
    public record Window(long start, long end) {}

    /**
     * The samples of one partition; other windows', held-out and refused ones lie between them too.
     *
     * @param partition {@code <topic>-<partition>}; of a file its name in place of the topic's
     * @param first offset, inclusive
     * @param last offset, inclusive
     */
    public record Offsets(String partition, long first, long last) {

        /** Refuses ranges that end before they begin. */
        public Offsets {
            if (last < first) {
                throw new IllegalArgumentException(
                        "offsets of '" + partition + "' from " + first + " to " + last);
            }
        }
    }

    /**
     * What one sublayer became.
     *
     * @param id of the sublayer
     * @param kind {@code attention} or {@code ffn}
     * @param layer index from 0
     * @param units of the dense parent
     * @param kept ids of the kept units, ascending
     * @param state {@code present}, or {@code biasOnly} if no unit is kept
     * @param keepsLayerNorm whether its LayerNorm is still applied
     * @param repair what the repair of its projection came to
     */
    public record Structure(
            String id,
            String kind,
            int layer,
            int units,
            List<Integer> kept,
            String state,
            boolean keepsLayerNorm,
            String repair) {

        /** Copies the list. */
        public Structure {
            kept = List.copyOf(kept);
        }
    }

    /**
     * One file.
     *
     * @param name relative to the directory, at most one folder deep
     * @param size in bytes
     * @param sha256 in lower-case hexadecimal
     */
    public record FileEntry(String name, long size, String sha256) {

        private static final Pattern NAME =
                Pattern.compile("([a-z]{1,16}/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
        private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

        /** Refuses names that could leave the directory. */
        public FileEntry {
            if (!NAME.matcher(name).matches()
                    || size < 0
                    || !SHA256.matcher(sha256).matches()
                    || name.equals(FILE)) {
                throw new IllegalArgumentException(
                        "file entry of size " + size + " is not a plain name with a SHA-256");
            }
        }
    }

    /** The file's bytes. */
    public byte[] toJson() throws IOException {
        return Json.write(this);
    }

    /** Reads the file's bytes. */
    public static Manifest fromJson(byte[] json) throws ArtifactException {
        ObjectNode manifest = Json.read(FILE, json, ObjectNode.class);
        if (manifest.path("format").isInt()
                && manifest.path("format").asInt() == WITHOUT_OFFSETS
                && !manifest.has("effectiveSamples")
                && !manifest.has("offsets")) {
            manifest.put("format", FORMAT).put("effectiveSamples", 0.0).putArray("offsets");
        }
        return Json.convert(FILE, manifest, Manifest.class);
    }
}
