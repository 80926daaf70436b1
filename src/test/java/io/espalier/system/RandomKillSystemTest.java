package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.time.Duration;
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
    private static final int LATEST_BLOW_MILLIS = 1500;

    @Test
    void killedTaskManagersLoseAndDoubleNothing() throws Exception {
        Random random = new Random(SEED);
        try (SystemCluster cluster =
                SystemCluster.start(getClass(), SEED, Shape.of(TASK_MANAGERS))) {
            KillRun run = new KillRun(getClass(), cluster, SEED, KILLS + 2);
            EspalierConfig config = cluster.config("kills", SEED, TASK_MANAGERS);
            ClusterJob job = cluster.submit(config, new SyntheticScorers(config), null);
            run.begin(job);
            for (int i = 0; i < KILLS; i++) {
                String victim = LoopbackCluster.taskManager(1 + random.nextInt(TASK_MANAGERS));
                run.strike(
                        job,
                        new Kill(victim, Duration.ofMillis(random.nextInt(LATEST_BLOW_MILLIS))));
            }
            run.checkAgainstOracle(run.outcome(job, config));
            assertThat(job.restored()).isGreaterThanOrEqualTo(KILLS);
            run.printKills();
        }
    }
}
