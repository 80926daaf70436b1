package io.espalier.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that ask a service over HTTP without a pause until they are told to stop. */
final class Clients implements AutoCloseable {

    /** Far beyond what any test needs. */
    private static final int MOST = 200_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> texts;
    private final URI service;
    private final ExecutorService threads;
    private final List<Future<List<Asked>>> asked = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean stopped;

    /**
     * One request and what came back.
     *
     * @param text asked about
     * @param status of HTTP
     * @param version that answered
     * @param logits of the answer
     */
    record Asked(String text, int status, String version, List<Float> logits) {}

    Clients(int count, int port, List<String> texts) {
        this.texts = texts;
        this.service = URI.create("http://127.0.0.1:" + port + "/classify");
        this.threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            asked.add(threads.submit(this::ask));
        }
    }

    private List<Asked> ask() throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        List<Asked> answers = new ArrayList<>();
        while (!stopped) {
            int number = requests.incrementAndGet();
            if (number > MOST) {
                throw new IllegalStateException("not stopped after " + MOST + " requests");
            }
            String text = texts.get(number % texts.size());
            HttpRequest request =
                    HttpRequest.newBuilder(service)
                            .POST(HttpRequest.BodyPublishers.ofString(text))
                            .build();
            HttpResponse<byte[]> response =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            JsonNode json = JSON.readTree(response.body());
            List<Float> logits = new ArrayList<>();
            json.path("logits").forEach(logit -> logits.add(logit.floatValue()));
            answers.add(
                    new Asked(text, response.statusCode(), json.path("version").asText(), logits));
        }
        return answers;
    }

    /** Waits until so many requests more were begun. */
    void awaitRequests(int more) throws InterruptedException {
        int until = requests.get() + more;
        while (requests.get() < until && !threads.isTerminated()) {
            if (asked.stream().anyMatch(Future::isDone)) {
                return; // One has failed; its answers say why.
            }
            Thread.sleep(2);
        }
    }

    /** Stops them; everything that was asked. */
    List<Asked> stop() throws InterruptedException, ExecutionException {
        stopped = true;
        List<Asked> all = new ArrayList<>();
        for (Future<List<Asked>> answers : asked) {
            all.addAll(answers.get());
        }
        return all;
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdown();
    }
}
