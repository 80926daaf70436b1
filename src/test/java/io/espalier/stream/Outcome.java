package io.espalier.stream;

import io.espalier.artifact.ManifestVerifier;
import io.espalier.config.EspalierConfig;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All that a run has published, each kind in the order of the decisions.
 *
 * @param root of the store
 */
record Outcome(
        Path root,
        List<MaskUpdate> masks,
        List<PrunedModelAnnouncement> models,
        List<DriftReport> reports,
        List<Letter> letters) {

    /** Waits for so many reports and dead letters, and for what may come twice. */
    static Outcome await(RunningJob job, EspalierConfig config, int reports, int letters)
            throws Exception {
        try (Published published = new Published(config)) {
            Await.until(
                    reports + " reports and " + letters + " dead letters",
                    () ->
                            published.reports().size() >= reports
                                    && published.deadLetters().size() >= letters);
            job.awaitCheckpoints(3); // What comes twice has come then.
            return new Outcome(
                    config.publishRoot(),
                    sorted(published.masks(), MaskUpdate::getDecisionId),
                    sorted(published.models(), PrunedModelAnnouncement::getDecisionId),
                    sorted(published.reports(), DriftReport::getDecisionId),
                    published.deadLetters());
        }
    }

    private static <T> List<T> sorted(List<T> records, Function<T, String> decision) {
        return records.stream().sorted(Comparator.comparing(decision)).toList();
    }

    /** The mask updates' bytes on the wire, hexadecimal. */
    List<String> maskBytes() {
        return masks.stream()
                .map(RecordCodec.MASK_UPDATE::encode)
                .map(HexFormat.of()::formatHex)
                .toList();
    }

    /** The manifests of the store, by version, each verified with all files of its directory. */
    SortedMap<String, String> manifests() throws IOException {
        SortedMap<String, String> manifests = new TreeMap<>();
        try (Stream<Path> versions = Files.list(root.resolve(KafkaFixture.MODEL))) {
            for (Path version : versions.filter(Files::isDirectory).toList()) {
                ManifestVerifier.verify(version);
                manifests.put(
                        root.relativize(version).toString(),
                        Files.readString(version.resolve("manifest.json")));
            }
        }
        return manifests;
    }
}
