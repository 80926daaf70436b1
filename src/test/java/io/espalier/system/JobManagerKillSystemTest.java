package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Random;

/**
 * The JobManager is killed while windows are decided; another one takes up the job from ZooKeeper
 * and the surviving TaskManagers go on with it.
 */
class JobManagerKillSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_123);
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int TASK_MANAGERS = 2;
    private static final int LATEST_BLOW_MILLIS = 1500;

    @Test
    void killedJobManagersLoseAndDoubleNothing() throws Exception {
        Random random = new Random(SEED);
        Shape shape = Shape.of(TASK_MANAGERS).withHighAvailability();
        try (SystemCluster cluster = SystemCluster.start(getClass(), SEED, shape)) {
            KillRun run = new KillRun(getClass(), cluster, SEED, KILLS + 2);
            EspalierConfig config = cluster.config("kills", SEED, TASK_MANAGERS);
            ClusterJob job = cluster.submit(config, new SyntheticScorers(config), null);
            run.begin(job);
            for (int i = 0; i < KILLS; i++) {
                run.strike(
                        job,
                        new Kill(
                                LoopbackCluster.JOB_MANAGER,
                                Duration.ofMillis(random.nextInt(LATEST_BLOW_MILLIS))));
            }
            run.checkAgainstOracle(run.outcome(job, config));
            run.printKills();
        }
    }
}
