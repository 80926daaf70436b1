package io.espalier.cli;

import io.espalier.cluster.FlinkRest;
import io.espalier.cluster.JobState;
import io.espalier.cluster.Slots;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A job from its submission until all its tasks run, or until it is clear why they do not.
 *
 * @param rest of the cluster
 * @param address of the same, for messages
 * @param limit how long to wait at most
 */
record JobStart(FlinkRest rest, String address, Duration limit) {

    private static final long POLL_MILLIS = 250;

    /**
     * Refuses a job that the cluster has no room for.
     *
     * @param needed slots, as many as the job's widest step has tasks
     * @param patience for slots of a job that has just ended
     */
    void requireRoom(int needed, Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Slots slots = rest.slots();
        while (slots.fixed() && slots.free() < needed) {
            if (System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
                slots = rest.slots();
                continue;
            }
            throw new CommandFailure(
                    "slots: the job needs "
                            + needed
                            + " (espalier.parallelism), the cluster has "
                            + slots.free()
                            + " free of "
                            + slots.total()
                            + "; end another job, add TaskManagers, or lower it");
        }
    }

    /**
     * Waits until all tasks run.
     *
     * @param job its id
     * @param progress told how many run, when that changes
     * @return the number of tasks
     * @throws CommandFailure naming the cause if the job fails first, or the time is over
     */
    int await(String job, Consumer<String> progress) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        String told = "";
        while (true) {
            JobState state =
                    rest.job(job)
                            .orElseThrow(
                                    () ->
                                            new CommandFailure(
                                                    "job " + job + " is gone from " + address));
            if (state.failure().isPresent() || state.hasEnded()) {
                throw failed(job, state);
            }
            if (state.runs()) {
                return state.tasks();
            }
            if (System.nanoTime() > deadline) {
                throw late(job, state);
            }
            String now = state.running() + " of " + state.tasks() + " tasks run";
            if (!now.equals(told)) {
                told = now;
                progress.accept(now);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private CommandFailure failed(String job, JobState state) {
        String cause = state.failure().orElse("Flink gives no reason");
        return new CommandFailure(
                state.hasEnded()
                        ? "job " + job + " is " + state.name() + ": " + cause
                        : "job "
                                + job
                                + " failed, and Flink restarts it again and again: "
                                + cause
                                + "; 'curl -X PATCH http://"
                                + address
                                + "/jobs/"
                                + job
                                + "' cancels it");
    }

    private CommandFailure late(String job, JobState state)
            throws IOException, InterruptedException {
        Slots slots = rest.slots();
        return new CommandFailure(
                "job "
                        + job
                        + ": "
                        + state.running()
                        + " of "
                        + state.tasks()
                        + " tasks run after "
                        + limit.toSeconds()
                        + " s, the cluster has "
                        + slots.free()
                        + " slots free of "
                        + slots.total()
                        + "; it is left as it is, http://"
                        + address
                        + "/#/job/running/"
                        + job
                        + " shows it");
    }
}
