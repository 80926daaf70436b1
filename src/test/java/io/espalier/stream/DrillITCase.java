package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.DrillJob.Sabotage;
import io.espalier.system.Traces;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The drill: each safety device is taken out in turn, and the checker has to say so; with all of
 * them in place, the same run is sound. What it stands for is told in {@code docs/drill.md}.
 */
class DrillITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 3;
    private static final int GOOD = 900;
    private static final int CORRUPTED = 30;

    @TempDir private static Path directory;
    private static KafkaFixture kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        System.out.printf("DrillITCase: -Dseed=%d%n", SEED);
        kafka = KafkaFixture.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @Test
    void aSoundJobThatFailsOrIsRestoredBreaksNoPromise() throws Exception {
        assertThat(afterAFailure("sound-failure", Sabotage.NONE)).isEmpty();
        assertThat(afterARestore("sound-restore", Sabotage.NONE)).isEmpty();
    }

    @Test
    void withoutTransactionsRecordsAreVisibleTwice() throws Exception {
        assertThat(afterAFailure("exactly-once", Sabotage.sinksWithoutTransactions()))
                .anyMatch(violation -> violation.startsWith("C10"));
    }

    @Test
    void withoutItsUidAnOperatorForgetsItsStatistics() throws Exception {
        assertThat(afterARestore("uid", Sabotage.rename("fold")))
                .anyMatch(violation -> violation.startsWith("C1:"))
                .anyMatch(violation -> violation.startsWith("C4"));
    }

    @Test
    void withoutTheHeldMicroBatchSamplesAreLost() throws Exception {
        assertThat(afterARestore("held", Sabotage.rename("score")))
                .anyMatch(violation -> violation.startsWith("C1:"))
                .anyMatch(violation -> violation.startsWith("C4"));
    }

    private static EspalierConfig config(String name, String interval) throws Exception {
        kafka.createInput(name + ".in");
        return kafka.job(
                name,
                name + ".in",
                SyntheticJob.settings(
                        SEED,
                        Map.of(
                                "espalier.checkpoint.interval",
                                interval,
                                "espalier.micro-batch.samples",
                                "16")));
    }

    private static Feed feed(String name) {
        return new Feed(kafka, name + ".in", new Traffic(SEED, WINDOWS, GOOD, CORRUPTED));
    }

    /** A task fails as soon as a decision can be seen, long before the next checkpoint. */
    private static List<String> afterAFailure(String name, Sabotage sabotage) throws Exception {
        EspalierConfig config = config(name, "3 s");
        Feed feed = feed(name);
        try (DrillJob job = DrillJob.start(config, sabotage, null);
                Published published = new Published(config)) {
            feed.sendRest();
            Await.until("a mask is visible", () -> !published.masks().isEmpty());
            job.fail("fold");
            return violations(job, config, feed);
        }
    }

    /** A window is open, and a micro-batch, when the job is cancelled; another one goes on. */
    private static List<String> afterARestore(String name, Sabotage sabotage) throws Exception {
        EspalierConfig config = config(name, "300 ms");
        Feed feed = feed(name);
        String checkpoint;
        try (DrillJob job = DrillJob.start(config, Sabotage.NONE, null);
                Published published = new Published(config)) {
            feed.sendPart();
            feed.sendPart();
            feed.sendPart();
            Await.until("a window is decided", () -> !published.reports().isEmpty());
            job.awaitCheckpoints(2);
            checkpoint = job.cancel();
        }
        try (DrillJob job = DrillJob.start(config, sabotage, checkpoint)) {
            feed.sendRest();
            return violations(job, config, feed);
        }
    }

    private static List<String> violations(DrillJob job, EspalierConfig config, Feed feed)
            throws Exception {
        Outcome outcome = Outcome.await(config, WINDOWS, CORRUPTED, job::awaitCheckpoints);
        List<String> violations = Traces.violations(feed, outcome);
        System.out.printf(
                "DrillITCase: %-14s %d violations %s%n",
                config.kafka().groupId(),
                violations.size(),
                violations.stream()
                        .map(violation -> violation.substring(0, violation.indexOf(':')))
                        .distinct()
                        .toList());
        return violations;
    }
}
