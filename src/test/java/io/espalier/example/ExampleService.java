package io.espalier.example;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.espalier.client.Answer;
import io.espalier.client.BatchShape;
import io.espalier.client.Followed;
import io.espalier.client.LiveClassifier;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers {@code POST /classify} with what the live model makes of the body, a text: {@code curl
 * --data-binary 'a fine film' http://127.0.0.1:8080/classify}.
 */
public final class ExampleService implements AutoCloseable {

    private static final int LONGEST_TEXT = 64 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final LiveClassifier classifier;
    private final HttpServer server;
    private final ExecutorService threads;

    /** Serves a classifier, which it closes in the end, on a port of the loopback interface. */
    public ExampleService(LiveClassifier classifier, int port) throws IOException {
        this.classifier = classifier;
        this.threads = Executors.newFixedThreadPool(4);
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/classify", this::classify);
        server.start();
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void classify(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] text = exchange.getRequestBody().readNBytes(LONGEST_TEXT);
            Answer answer = classifier.classify(new String(text, StandardCharsets.UTF_8));
            byte[] json =
                    JSON.writeValueAsBytes(
                            Map.of(
                                    "label", answer.label(),
                                    "probability", answer.probability(),
                                    "logits", answer.logits(),
                                    "version", answer.version().version()));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, json.length);
            exchange.getResponseBody().write(json);
        }
    }

    @Override
    public void close() {
        server.stop(1);
        threads.shutdown();
        classifier.close();
    }

    /** Arguments: the store's root, the model's id, the budget, the port. */
    public static void main(String... args) throws IOException, InterruptedException {
        LiveClassifier classifier =
                LiveClassifier.following(Followed.directory(Path.of(args[0]), args[1], args[2]))
                        .warmUp(new BatchShape(1, 16), new BatchShape(1, 128))
                        .open();
        ExampleService service = new ExampleService(classifier, Integer.parseInt(args[3]));
        Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    }
}
