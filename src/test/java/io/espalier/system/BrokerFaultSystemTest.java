package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Random;

/** The broker is killed in the midst of transactions and started again on the same data. */
class BrokerFaultSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_124);
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final int TASK_MANAGERS = 2;
    private static final int LATEST_BLOW_MILLIS = 1500;

    @Test
    void aKilledBrokerLosesAndDoublesNothing() throws Exception {
        Random random = new Random(SEED);
        try (SystemCluster cluster =
                SystemCluster.start(getClass(), SEED, Shape.of(TASK_MANAGERS))) {
            KillRun run = new KillRun(getClass(), cluster, SEED, KILLS + 2);
            EspalierConfig config = cluster.config("kills", SEED, TASK_MANAGERS);
            ClusterJob job = cluster.submit(config, new SyntheticScorers(config), null);
            run.begin(job);
            for (int i = 0; i < KILLS; i++) {
                run.strike(
                        job,
                        new Kill(
                                LoopbackCluster.BROKER,
                                Duration.ofMillis(random.nextInt(LATEST_BLOW_MILLIS))));
            }
            run.checkAgainstOracle(run.outcome(job, config));
            System.out.printf(
                    "BrokerFaultSystemTest: the job was restored %d times%n", job.restored());
            run.printKills();
        }
    }
}
