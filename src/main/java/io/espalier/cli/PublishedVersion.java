package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.Manifest.FileEntry;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.artifact.MaskFile;
import io.espalier.mask.SublayerKind;
import io.espalier.report.KeptUnits;
import io.espalier.report.PruningReport;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A published version as its files say it, all verified against the manifest but {@code run.json},
 * which no manifest knows.
 *
 * @param directory as it was named
 * @param manifest what it is
 * @param mask the decided mask
 * @param report null in a version that was published without one
 * @param run what is recorded of it beside; without members if it is not there
 */
record PublishedVersion(
        Path directory,
        Manifest manifest,
        MaskFile mask,
        @Nullable PruningReport report,
        JsonNode run) {

    private static final String MASK = "masks/mask.json";
    private static final String WEIGHTS = "slim/model.safetensors";
    private static final int MOST_BYTES = 64 << 20;

    /**
     * Verifies and reads a version.
     *
     * @throws CommandFailure if the directory is none
     * @throws IOException naming the file that is missing, too many, altered or not readable
     */
    static PublishedVersion read(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    directory
                            + ": has no "
                            + Manifest.FILE
                            + "; name the directory of a published version, like"
                            + " OUT/MODEL/macs0.50-000001");
        }
        Manifest manifest = ManifestVerifier.verify(directory);
        if (!has(manifest, MASK)) {
            throw new CommandFailure(directory + ": has no " + MASK + ", so its mask is not known");
        }
        MaskFile mask = MaskFile.fromJson(bytes(directory.resolve(MASK)));
        if (!mask.parent().equals(manifest.parent())) {
            throw new CommandFailure(
                    "%s: %s is of parent %s, the manifest of %s"
                            .formatted(directory, MASK, mask.parent(), manifest.parent()));
        }
        PruningReport report =
                has(manifest, PruningReport.FILE)
                        ? PruningReport.fromJson(bytes(directory.resolve(PruningReport.FILE)))
                        : null;
        return new PublishedVersion(directory, manifest, mask, report, RunRecords.read(directory));
    }

    private static boolean has(Manifest manifest, String file) {
        return manifest.files().stream().anyMatch(entry -> entry.name().equals(file));
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new CommandFailure(file + ": has more than " + MOST_BYTES + " bytes");
            }
            return bytes;
        }
    }

    /** The kept units of each sublayer, in model order. */
    List<KeptUnits> kept() {
        return manifest.structure().stream()
                .map(
                        each ->
                                new KeptUnits(
                                        SublayerKind.ofLabel(each.kind()),
                                        each.layer(),
                                        each.units(),
                                        each.kept()))
                .toList();
    }

    /** Bytes of the files of each folder, in the order of the alphabet. */
    Map<String, Long> folders() {
        Map<String, Long> folders = new TreeMap<>();
        for (FileEntry entry : manifest.files()) {
            int slash = entry.name().indexOf('/');
            if (slash > 0) {
                folders.merge(entry.name().substring(0, slash), entry.size(), Long::sum);
            }
        }
        return folders;
    }

    /** Bytes of all files. */
    long bytes() {
        return manifest.files().stream().mapToLong(FileEntry::size).sum();
    }

    /** Bytes of the slim weights; null if there are none. */
    @Nullable Long weightBytes() {
        return manifest.files().stream()
                .filter(entry -> entry.name().equals(WEIGHTS))
                .map(FileEntry::size)
                .findFirst()
                .orElse(null);
    }

    /** Model and version. */
    String name() {
        return manifest.model() + " " + manifest.version();
    }
}
