package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.system.Traces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The same topic, configuration and seed give the same masks and manifests, byte for byte. */
class ReplayDeterminismITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 8;
    private static final int GOOD = 8_000;
    private static final int CORRUPTED = 200;
    private static final List<String> BUDGETS = List.of("macs=0.7", "macs=0.4");

    @TempDir private Path directory;

    @Test
    void runsOfOneAndOfTwoTasksPublishTheSameBytes() throws Exception {
        System.out.printf("ReplayDeterminismITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            Feed feed = new Feed(kafka, "samples", new Traffic(SEED, WINDOWS, GOOD, CORRUPTED));
            feed.sendRest();
            Outcome one = run(kafka, "one", SEED, 1);
            Outcome two = run(kafka, "two", SEED, 2);
            Outcome otherSeed = run(kafka, "other", SEED + 1, 2);

            PublishedBytes bytes = PublishedBytes.of(one);
            PublishedBytes otherBytes = PublishedBytes.of(otherSeed);
            assertThat(PublishedBytes.of(two)).isEqualTo(bytes);
            two.checkEqualTo(one);
            assertThat(Traces.violations(feed, two)).isEmpty();
            assertThat(new HashSet<>(two.letters())).isEqualTo(new HashSet<>(one.letters()));
            assertThat(otherBytes.masks()).isNotEqualTo(bytes.masks());
            assertThat(otherBytes.manifests().keySet()).isEqualTo(bytes.manifests().keySet());
            System.out.printf(
                    "ReplayDeterminismITCase: parallelism 1 and 2: %d masks, %d manifests,"
                            + " %d reports, byte-identical%n",
                    one.masks().size(), bytes.manifests().size(), one.reports().size());
        }
    }

    private static Outcome run(KafkaFixture kafka, String name, long seed, int parallelism)
            throws Exception {
        Map<String, String> own =
                Map.of(
                        "espalier.budgets",
                        String.join(",", BUDGETS),
                        "espalier.micro-batch.samples",
                        "16",
                        "espalier.parallelism",
                        "" + parallelism);
        EspalierConfig config = kafka.job(name, "samples", SyntheticJob.settings(seed, own));
        try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config))) {
            Outcome outcome =
                    Outcome.await(
                            config, WINDOWS * BUDGETS.size(), CORRUPTED, job::awaitCheckpoints);
            assertThat(outcome.masks()).hasSize(WINDOWS * BUDGETS.size());
            outcome.checkModels();
            assertThat(job.failures()).isEmpty();
            return outcome;
        }
    }
}
