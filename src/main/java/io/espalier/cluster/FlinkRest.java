package io.espalier.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a JobManager tells over its REST interface, and the one thing that is asked of it. */
public final class FlinkRest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 100;
    private static final int NOT_FOUND = 404;

    private final String address;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * A JobManager's interface.
     *
     * @param address host and port
     */
    public FlinkRest(String address) {
        this.address = address;
    }

    /** A refusal, with its status. */
    private static final class RefusedException extends IOException {

        private static final long serialVersionUID = 1L;

        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** Number of TaskManagers that have registered. */
    public int taskManagers() throws IOException, InterruptedException {
        return get("/overview").path("taskmanagers").asInt();
    }

    /** Slots, free and in all. */
    public Slots slots() throws IOException, InterruptedException {
        JsonNode overview = get("/overview");
        if (!overview.hasNonNull("slots-total")) {
            throw new IOException("what answers at " + address + " is no JobManager");
        }
        return Slots.of(overview, get("/jobmanager/config"));
    }

    /**
     * How a job is doing.
     *
     * @param id 32 hexadecimal digits
     * @return empty if the JobManager knows none of that id
     */
    public Optional<JobState> job(String id) throws IOException, InterruptedException {
        try {
            return Optional.of(JobState.of(get("/jobs/" + id), get("/jobs/" + id + "/exceptions")));
        } catch (RefusedException e) {
            if (e.status == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * An answer in full.
     *
     * @param path as Flink's documentation names it, from the first slash
     * @throws IOException if there is no answer, or a refusal; the message says which
     */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(path, request(path).GET().build());
    }

    /**
     * Ends a job with a savepoint and waits until both are done.
     *
     * @param job its id
     * @param directory parent of the savepoint, a URI or an absolute path, for the JobManager
     * @param limit how long to wait
     * @return where the savepoint is
     * @throws IOException if Flink refuses or fails, or is not done in time
     */
    public String stopWithSavepoint(String job, String directory, Duration limit)
            throws IOException, InterruptedException {
        String path = "/jobs/" + job + "/stop";
        String body = JSON.writeValueAsString(Map.of("targetDirectory", directory, "drain", false));
        HttpRequest request =
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        String trigger = send(path, request).path("request-id").asText();
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            JsonNode answer = get("/jobs/" + job + "/savepoints/" + trigger);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.path("operation");
                if (operation.hasNonNull("location")) {
                    return operation.path("location").asText();
                }
                throw new IOException(
                        "job "
                                + job
                                + ": no savepoint: "
                                + RootCause.of(
                                        operation
                                                .path("failure-cause")
                                                .path("stack-trace")
                                                .asText()));
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("job " + job + ": no savepoint within " + limit);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(PATIENCE);
    }

    private JsonNode send(String path, HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer =
                    client.send(
                            request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException("no JobManager answers at " + address + ": " + e, e);
        }
        if (answer.statusCode() / 100 != 2) {
            throw new RefusedException(
                    answer.statusCode(),
                    "JobManager at %s, %s: status %d: %s"
                            .formatted(
                                    address,
                                    path,
                                    answer.statusCode(),
                                    answer.body().lines().findFirst().orElse("")));
        }
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new IOException("what answers at " + address + " is no JobManager", e);
        }
    }
}
