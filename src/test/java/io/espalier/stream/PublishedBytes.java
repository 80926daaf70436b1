package io.espalier.stream;

import io.espalier.artifact.ManifestVerifier;
import io.espalier.wire.codec.RecordCodec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The bytes that a replay has to repeat.
 *
 * @param masks the mask updates on the wire, hexadecimal, in the order of the decisions
 * @param manifests the manifests by location, each verified with all files of its directory
 */
record PublishedBytes(List<String> masks, SortedMap<String, String> manifests) {

    private static final Pattern OFFSETS =
            Pattern.compile("\"offsets\" : \\[[^\\]]+\\]", Pattern.DOTALL);

    /** The same but for where the samples were read, for a run over another topic. */
    PublishedBytes withoutOffsets() {
        SortedMap<String, String> without = new TreeMap<>();
        manifests.forEach(
                (location, manifest) -> {
                    Matcher offsets = OFFSETS.matcher(manifest);
                    if (!offsets.find()) {
                        throw new IllegalStateException(location + " has no offsets");
                    }
                    without.put(location, offsets.replaceFirst("\"offsets\" : [ ]"));
                });
        return new PublishedBytes(masks, without);
    }

    /** What a run left. */
    static PublishedBytes of(Outcome outcome) throws IOException {
        Path root = outcome.config().publish().root();
        SortedMap<String, String> manifests = new TreeMap<>();
        try (Stream<Path> versions = Files.list(root.resolve(outcome.config().model().id()))) {
            for (Path version : versions.filter(Files::isDirectory).toList()) {
                ManifestVerifier.verify(version);
                manifests.put(
                        root.relativize(version).toString(),
                        Files.readString(version.resolve("manifest.json")));
            }
        }
        return new PublishedBytes(
                outcome.masks().stream()
                        .map(RecordCodec.MASK_UPDATE::encode)
                        .map(HexFormat.of()::formatHex)
                        .toList(),
                manifests);
    }
}
