package io.espalier.stream;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.stream.publish.PublishSink;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.wire.CandidateStatus;
import io.espalier.wire.PrunedModelAnnouncement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A job whose store keeps few versions, while tasks of it fail: what it decides is what a job
 * decides that keeps all, and in the end the newest versions are there, the first, and what is
 * live.
 */
class RetentionITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 14;
    private static final int GOOD = 80 * WINDOWS;
    private static final int KEPT = 2;
    private static final List<String> BUDGETS = List.of("macs=0.7", "macs=0.4");

    @TempDir private Path directory;

    @Test
    void oldVersionsGoAndDecisionsAreTheSame() throws Exception {
        System.out.printf("RetentionITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            Feed feed = new Feed(kafka, "samples", new Traffic(SEED, WINDOWS, GOOD, 0));
            EspalierConfig few = config(kafka, "few", KEPT);
            Outcome kept;
            try (RunningJob job = RunningJob.start(few, SyntheticJob.scorers(few))) {
                for (Fault fault :
                        List.of(
                                new Fault("publish", PublishSink.class.getName(), "commit"),
                                new Fault("decide", DecideFunction.class.getName(), ""))) {
                    System.out.println("RetentionITCase: " + fault.inject(job, feed));
                }
                feed.sendRest();
                kept = outcome(few, job);
            }
            EspalierConfig every = config(kafka, "every", 0);
            try (RunningJob job = RunningJob.start(every, SyntheticJob.scorers(every))) {
                Outcome all = outcome(every, job);
                kept.checkEqualTo(all);
                assertThat(versions(every)).containsExactlyElementsOf(announced(all));
            }
            assertThat(versions(few)).containsExactlyElementsOf(expected(kept));
            assertThat(announced(kept)).hasSizeGreaterThan(expected(kept).size());
            System.out.printf(
                    "RetentionITCase: of %d versions %s are left%n",
                    announced(kept).size(), versions(few));
        }
    }

    private static EspalierConfig config(KafkaFixture kafka, String name, int versions)
            throws IOException, InterruptedException {
        Map<String, String> own =
                Map.of(
                        "espalier.budgets",
                        String.join(",", BUDGETS),
                        "espalier.publish.retain.versions",
                        "" + versions);
        return kafka.job(name, "samples", SyntheticJob.settings(SEED, own));
    }

    private static Outcome outcome(EspalierConfig config, RunningJob job) throws Exception {
        return Outcome.await(config, WINDOWS * BUDGETS.size(), 0, job::awaitCheckpoints);
    }

    private static List<String> versions(EspalierConfig config) throws Exception {
        ArtifactStore store = ArtifactStore.open(config.publish().root());
        for (String version : store.versions(KafkaFixture.MODEL)) {
            store.verify(KafkaFixture.MODEL, version);
        }
        return store.versions(KafkaFixture.MODEL);
    }

    private static List<String> announced(Outcome outcome) {
        return outcome.models().stream().map(PrunedModelAnnouncement::getVersion).sorted().toList();
    }

    /** Of each budget the first, the newest, and what is live or can be rolled back to. */
    private static Set<String> expected(Outcome outcome) {
        TreeSet<String> expected = new TreeSet<>();
        for (String budget : BUDGETS) {
            List<PrunedModelAnnouncement> all =
                    outcome.models().stream()
                            .filter(model -> model.getBudget().equals(budget))
                            .sorted(Comparator.comparing(PrunedModelAnnouncement::getVersion))
                            .toList();
            List<PrunedModelAnnouncement> live =
                    all.stream()
                            .filter(model -> model.getStatus() == CandidateStatus.PROMOTED)
                            .toList();
            Stream.of(all.subList(0, 1), last(KEPT, all), last(1 + BudgetMemory.EARLIER, live))
                    .flatMap(List::stream)
                    .forEach(model -> expected.add(model.getVersion()));
        }
        return expected;
    }

    private static <T> List<T> last(int count, List<T> all) {
        return all.subList(Math.max(0, all.size() - count), all.size());
    }
}
