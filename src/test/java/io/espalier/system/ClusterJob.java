package io.espalier.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.cluster.FlinkRest;
import io.espalier.stream.Await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** A submitted job, seen through the JobManager's REST interface. */
final class ClusterJob {

    private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED");
    private static final Duration SAVEPOINT_LIMIT = Duration.ofSeconds(60);

    private final FlinkRest rest;
    private final String id;

    ClusterJob(FlinkRest rest, String id) {
        this.rest = rest;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Its state, as Flink names it. */
    String state() throws Exception {
        return rest.get("/jobs/" + id).path("state").asText();
    }

    /** Why it failed, with Flink's stack trace. */
    String failure() throws Exception {
        return rest.get("/jobs/" + id + "/exceptions").toString();
    }

    /**
     * Whether the job and each of its tasks run; no if nobody answers.
     *
     * @throws AssertionError if the job has ended
     */
    boolean isRunning() throws Exception {
        JsonNode job;
        try {
            job = rest.get("/jobs/" + id);
        } catch (IOException e) {
            return false;
        }
        String state = job.path("state").asText();
        if (ENDED.contains(state)) {
            throw new AssertionError("the job is " + state + ": " + failure());
        }
        boolean running = state.equals("RUNNING");
        for (JsonNode vertex : job.path("vertices")) {
            int tasks = vertex.path("parallelism").asInt();
            running &= vertex.path("tasks").path("RUNNING").asInt() == tasks;
        }
        return running;
    }

    /** How often it was restored; no more than 0 if nobody answers. */
    long restored() throws Exception {
        return count("restored");
    }

    /** Completed checkpoints, counted from the JobManager's start. */
    long completed() throws Exception {
        return count("completed");
    }

    private long count(String kind) throws Exception {
        try {
            return rest.get("/jobs/" + id + "/checkpoints").path("counts").path(kind).asLong();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The sum of a metric over all its tasks; 0 if nobody knows it yet. */
    long sumOfMetric(String suffix) throws Exception {
        long sum = 0;
        for (JsonNode vertex : rest.get("/jobs/" + id).path("vertices")) {
            String metrics = "/jobs/" + id + "/vertices/" + vertex.path("id").asText() + "/metrics";
            for (JsonNode metric : rest.get(metrics)) {
                String name = metric.path("id").asText();
                if (name.endsWith(suffix)) {
                    String query = "?get=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
                    sum += rest.get(metrics + query).path(0).path("value").asLong();
                }
            }
        }
        return sum;
    }

    /** Waits for the completion of that many checkpoints from now on. */
    void awaitCheckpoints(int more) throws Exception {
        long wanted = completed() + more;
        Await.until(more + " more checkpoints", () -> isRunning() && completed() >= wanted);
    }

    /** Stops it with a savepoint; returns where that is. */
    String stop(Path directory) throws Exception {
        String savepoint =
                rest.stopWithSavepoint(id, directory.toUri().toString(), SAVEPOINT_LIMIT);
        Await.until("the job has ended", () -> ENDED.contains(state()));
        return savepoint;
    }
}
