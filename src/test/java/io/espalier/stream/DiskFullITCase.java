package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.system.Traces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The artefact volume takes nothing for a while: a file stands where staging was, so that every
 * call below it fails on the real disk, as on a volume that is full, read-only or gone. The job
 * fails and restarts until it is back; then everything is published, once.
 *
 * <p>What a full volume does to a half-written file stands in {@code FullDiskTest} of the store.
 */
class DiskFullITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 6;
    private static final int GOOD = 1_200;
    private static final int FAILURES = 3;

    @TempDir private Path directory;

    @Test
    void publishesLaterAndOnce() throws Exception {
        System.out.printf("DiskFullITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            Feed feed = new Feed(kafka, "samples", new Traffic(SEED, WINDOWS, GOOD, 0));
            EspalierConfig config =
                    kafka.job("held", "samples", SyntheticJob.settings(SEED, Map.of()));
            Outcome held;
            int restarts;
            try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config))) {
                feed.sendPart();
                feed.sendPart();
                job.awaitCheckpoints(2);
                Path staging = config.publish().root().resolve(".staging");
                Path aside = config.publish().root().resolve(".staging-aside");
                Files.move(staging, aside);
                Files.createFile(staging);
                feed.sendRest();
                Await.until(
                        "the job has failed " + FAILURES + " times",
                        () -> job.restarts() >= FAILURES);
                assertThat(job.failures())
                        .allMatch(failure -> failure.contains("ArtifactException"))
                        .allMatch(failure -> failure.contains(config.publish().root().toString()));
                Files.delete(staging);
                Files.move(aside, staging);
                held = Outcome.await(config, WINDOWS, 0, job::awaitCheckpoints);
                restarts = job.restarts();
            }
            EspalierConfig calm =
                    kafka.job("calm", "samples", SyntheticJob.settings(SEED, Map.of()));
            try (RunningJob job = RunningJob.start(calm, SyntheticJob.scorers(calm))) {
                Outcome undisturbed = Outcome.await(calm, WINDOWS, 0, job::awaitCheckpoints);
                held.checkEqualTo(undisturbed);
                held.checkModels();
                assertThat(Traces.violations(feed, held)).isEmpty();
                assertThat(PublishedBytes.of(held)).isEqualTo(PublishedBytes.of(undisturbed));
            }
            System.out.printf(
                    "DiskFullITCase: %d restarts while nothing could be written, then %d versions,"
                            + " each once%n",
                    restarts, held.models().size());
        }
    }
}
