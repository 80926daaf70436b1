package io.espalier.system;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.Outcome;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/**
 * The job is stopped with a savepoint and resumed with another parallelism, again and again, in the
 * midst of windows. It must publish what an uninterrupted run over the same topic publishes, byte
 * for byte, and what the oracle computes.
 */
class RescaleSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_125);
    private static final int[] PARALLELISM = {1, 2, 4, 1, 3};
    private static final int TASK_MANAGERS = 4;

    @Test
    void aRescaledRunEqualsAnUninterruptedOne() throws Exception {
        try (SystemCluster cluster =
                SystemCluster.start(getClass(), SEED, Shape.of(TASK_MANAGERS))) {
            KillRun run = new KillRun(getClass(), cluster, SEED, PARALLELISM.length + 1);
            Path savepoints = cluster.directory().resolve("savepoints");
            EspalierConfig config = cluster.config("rescaled", SEED, PARALLELISM[0]);
            ClusterJob job = cluster.submit(config, new SyntheticScorers(config), null);
            run.begin(job);
            for (int i = 1; i < PARALLELISM.length; i++) {
                run.feedOn();
                job.awaitCheckpoints(1);
                String savepoint = job.stop(savepoints);
                EspalierConfig next = cluster.configAgain("rescaled", SEED, PARALLELISM[i]);
                job = cluster.submit(next, new SyntheticScorers(next), savepoint);
                job.awaitCheckpoints(1);
                System.out.printf(
                        "RescaleSystemTest: %d -> %d%n", PARALLELISM[i - 1], PARALLELISM[i]);
            }
            Outcome rescaled = run.outcome(job, config);
            job.stop(savepoints);

            EspalierConfig calm = cluster.config("calm", SEED, 1);
            ClusterJob uninterrupted = cluster.submit(calm, new SyntheticScorers(calm), null);
            Outcome expected = run.outcome(uninterrupted, calm);
            run.checkAgainstOracle(expected);
            run.checkAgainstOracle(rescaled);
            rescaled.checkEqualTo(expected);
            System.out.println(
                    "RescaleSystemTest: masks, announcements and reports byte-identical to the"
                            + " uninterrupted run's");
        }
    }
}
