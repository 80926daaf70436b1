package io.espalier.stream;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.WindowOracle.Statistics;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that a run has published when nothing more is to come.
 *
 * @param config of the job
 * @param masks in the order of decisions
 * @param models in the order of decisions
 * @param reports in the order of decisions
 * @param letters in the order of their topic
 */
public record Outcome(
        EspalierConfig config,
        List<MaskUpdate> masks,
        List<PrunedModelAnnouncement> models,
        List<DriftReport> reports,
        List<Letter> letters) {

    /** Waits for further checkpoints. */
    @FunctionalInterface
    public interface Settling {

        /** Returns when that many have completed. */
        void awaitCheckpoints(int more) throws Exception;
    }

    /** Waits until a job has published that much, and for what would come twice. */
    public static Outcome await(EspalierConfig config, int reports, int letters, Settling job)
            throws Exception {
        try (Published published = new Published(config)) {
            Await.until(
                    reports + " reports and " + letters + " dead letters",
                    () ->
                            published.reports().size() >= reports
                                    && published.deadLetters().size() >= letters);
            job.awaitCheckpoints(3);
            return new Outcome(
                    config,
                    sorted(published.masks(), MaskUpdate::getDecisionId),
                    sorted(published.models(), PrunedModelAnnouncement::getDecisionId),
                    sorted(published.reports(), DriftReport::getDecisionId),
                    published.deadLetters());
        }
    }

    private static <T> List<T> sorted(List<T> records, Function<T, String> decision) {
        return records.stream().sorted(Comparator.comparing(decision)).toList();
    }

    /** Each window was decided once for each budget, on just the statistics it must have. */
    public void checkDecisions(List<String> budgets, WindowOracle oracle) {
        int windows = oracle.windowEnds().size();
        for (String budget : budgets) {
            List<MaskUpdate> decided =
                    masks.stream().filter(mask -> mask.getBudget().equals(budget)).toList();
            assertThat(decided).extracting(Statistics::of).isEqualTo(oracle.statistics());
            assertThat(decided)
                    .extracting(MaskUpdate::getSequence)
                    .isEqualTo(LongStream.rangeClosed(1, windows).boxed().toList());
            assertThat(reports)
                    .filteredOn(report -> report.getBudget().equals(budget))
                    .extracting(DriftReport::getWindowEnd)
                    .isEqualTo(oracle.windowEnds());
        }
        assertThat(masks).hasSize(windows * budgets.size());
        assertThat(reports).hasSize(windows * budgets.size());
    }

    /** Each decision's model is in the store, whole and as announced, and none beside them. */
    public void checkModels() throws IOException {
        Path root = config.publish().root();
        List<String> announced = new ArrayList<>();
        List<String> decided = new ArrayList<>();
        for (PrunedModelAnnouncement model : models) {
            announced.add(model.getLocation());
            decided.add(model.getDecisionId());
            Manifest manifest =
                    ManifestVerifier.verify(
                            root.resolve(model.getLocation()), model.getManifestDigest());
            assertThat(manifest.decision()).isEqualTo(model.getDecisionId());
        }
        assertThat(decided).isEqualTo(masks.stream().map(MaskUpdate::getDecisionId).toList());
        try (Stream<Path> versions = Files.list(root.resolve(config.model().id()))) {
            // A file beside them says which one is live.
            assertThat(
                            versions.filter(Files::isDirectory)
                                    .map(path -> root.relativize(path).toString()))
                    .containsExactlyInAnyOrderElementsOf(announced);
        }
    }

    /** Another run has published the same, byte for byte. */
    public void checkEqualTo(Outcome other) {
        assertThat(masks).isEqualTo(other.masks());
        assertThat(models).isEqualTo(other.models());
        assertThat(reports).isEqualTo(other.reports());
    }
}
