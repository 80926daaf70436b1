package io.espalier.cluster;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.Set;

/**
 * How a job is doing, as its JobManager sees it.
 *
 * @param name Flink's word: RUNNING, FAILED, RESTARTING
 * @param tasks that the job has
 * @param running those that run
 * @param failure the latest there was, in a line
 */
public record JobState(String name, int tasks, int running, Optional<String> failure) {

    private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED");

    /**
     * Reads the answers of the REST interface.
     *
     * @param job of {@code /jobs/:id}
     * @param exceptions of {@code /jobs/:id/exceptions}
     */
    static JobState of(JsonNode job, JsonNode exceptions) {
        int tasks = 0;
        int running = 0;
        for (JsonNode vertex : job.path("vertices")) {
            tasks += vertex.path("parallelism").asInt();
            running += vertex.path("tasks").path("RUNNING").asInt();
        }
        JsonNode latest = exceptions.path("exceptionHistory").path("entries").path(0);
        return new JobState(
                job.path("state").asText(),
                tasks,
                running,
                latest.hasNonNull("stacktrace")
                        ? Optional.of(RootCause.of(latest.path("stacktrace").asText()))
                        : Optional.empty());
    }

    /** Whether it is over; a job that Flink restarts is not. */
    public boolean hasEnded() {
        return ENDED.contains(name);
    }

    /** Whether each of its tasks runs. */
    public boolean runs() {
        return name.equals("RUNNING") && tasks > 0 && running == tasks;
    }
}
