package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.Feed;
import io.espalier.stream.Outcome;
import io.espalier.stream.Traffic;
import io.espalier.stream.WindowOracle;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TaskManagers are killed again and again while windows are decided on synthetic gradients. Nothing
 * is lost, nothing doubled, and every statistic equals the oracle's bit for bit.
 */
class RandomKillSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int KILLS = Integer.getInteger("kills", 12);
    private static final int TASK_MANAGERS = 2;
    private static final int WINDOWS = KILLS + 2;
    private static final int GOOD = 200 * WINDOWS;
    private static final int CORRUPTED = 10 * WINDOWS;
    private static final int LATEST_BLOW_MILLIS = 1500;

    @Test
    void killedTaskManagersLoseAndDoubleNothing() throws Exception {
        Random random = new Random(SEED);
        Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, CORRUPTED);
        try (SystemCluster cluster =
                SystemCluster.start(getClass(), SEED, Shape.of(TASK_MANAGERS))) {
            cluster.kafka().createInput("samples");
            Feed feed = new Feed(cluster.kafka(), "samples", traffic);
            EspalierConfig config = cluster.config("kills", "samples", SEED, TASK_MANAGERS);
            ClusterJob job = cluster.submit(config, new SyntheticScorers(config), null);
            feed.sendPart();
            job.awaitCheckpoints(1);
            DoubleSummaryStatistics recovery = new DoubleSummaryStatistics();
            for (int i = 0; i < KILLS; i++) {
                Kill kill =
                        new Kill(
                                LoopbackCluster.taskManager(1 + random.nextInt(TASK_MANAGERS)),
                                Duration.ofMillis(random.nextInt(LATEST_BLOW_MILLIS)));
                recovery.accept(kill.inject(cluster, job, feed));
                System.out.printf(
                        "RandomKillSystemTest: %s, back after %.1f s%n", kill, recovery.getMax());
            }
            feed.sendRest();
            Outcome outcome =
                    Outcome.await(
                            config,
                            WINDOWS * SystemCluster.BUDGETS.size(),
                            CORRUPTED,
                            job::awaitCheckpoints);

            outcome.checkDecisions(SystemCluster.BUDGETS, new WindowOracle(config, traffic.good()));
            outcome.checkModels();
            assertThat(outcome.letters())
                    .containsExactlyInAnyOrderElementsOf(feed.expectedLetters());
            assertThat(job.restored()).isGreaterThanOrEqualTo(KILLS);
            System.out.printf(
                    "RandomKillSystemTest: %d kills proved, %d good samples in %d windows, %d dead"
                            + " letters: 0 lost, 0 doubled, statistics bit-equal; recovery %.1f to"
                            + " %.1f s%n",
                    KILLS, GOOD, WINDOWS, CORRUPTED, recovery.getMin(), recovery.getMax());
        }
    }
}
