package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.stream.Await;
import io.espalier.stream.Feed;

import java.time.Duration;

/**
 * One process ended as {@code kill -9} does, at a drawn moment of its work, and started again.
 *
 * <p>It counts only when it is proved that it struck and was healed: of a TaskManager or
 * JobManager, the job was restored from a checkpoint; of the broker, it was gone and answered
 * again; and two checkpoints that completed afterwards.
 *
 * @param process its name
 * @param delay of the blow, after records were sent
 */
record Kill(String process, Duration delay) {

    /**
     * Strikes.
     *
     * @param feed sends on while this happens
     * @return seconds from the blow until the job runs again
     */
    double inject(SystemCluster cluster, ClusterJob job, Feed feed) throws Exception {
        LoopbackCluster processes = cluster.processes();
        boolean broker = process.equals(LoopbackCluster.BROKER);
        // A JobManager that is started again counts from 0.
        long restored = process.equals(LoopbackCluster.JOB_MANAGER) ? 0 : job.restored();
        feed.sendPart();
        Thread.sleep(delay.toMillis()); // Not for a condition: the moment is part of the fault.
        long blow = System.nanoTime();
        processes.kill(process);
        processes.launch(process);
        if (broker) {
            processes.awaitBroker();
            Await.until("the job runs", job::isRunning);
        } else {
            Await.until(
                    "the job is restored after the loss of " + process,
                    () -> job.restored() > restored && job.isRunning());
        }
        double seconds = (System.nanoTime() - blow) / 1e9;
        job.awaitCheckpoints(2);
        return seconds;
    }
}
