package io.espalier.demo;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;

import io.espalier.cluster.BrokerFiles;
import io.espalier.cluster.BrokerSecurity;
import io.espalier.cluster.LastWords;
import io.espalier.cluster.Loopback;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Kafka broker of one node in a JVM of its own, on the loopback interface and free ports.
 *
 * <p>It lives as long as this object and no longer than this process: {@link #close} ends it, and
 * it watches a pipe from here that ends after this JVM's last shutdown hook, or when this JVM is
 * killed. An interrupt from the terminal does not reach it, so that whoever uses it can stop in
 * order first.
 *
 * <p>Made for synthetic event times: retention is off and a record's timestamp may lie anywhere.
 * What it holds is to be thrown away; nothing is flushed on close.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 100;

    private final Process process;
    private final Path log;
    private final String bootstrapServers;
    private final Map<String, Integer> secure;

    private EmbeddedBroker(Process process, Path log, int port, Map<String, Integer> secure) {
        this.process = process;
        this.log = log;
        this.bootstrapServers = "127.0.0.1:" + port;
        this.secure = Map.copyOf(secure);
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param directory for its data, settings and log; made when missing, has to be empty
     * @throws IOException if it does not start or answer in time; the message names its log
     */
    public static EmbeddedBroker start(Path directory) throws IOException, InterruptedException {
        return start(directory, BrokerSecurity.NONE);
    }

    /**
     * Starts a broker that also listens with TLS, and waits until it answers on the listener
     * without.
     *
     * @param directory for its data, settings and log; made when missing, has to be empty
     * @throws IOException if it does not start or answer in time; the message names its log
     */
    public static EmbeddedBroker start(Path directory, BrokerSecurity security)
            throws IOException, InterruptedException {
        List<Integer> ports = Loopback.freePorts(2 + security.listeners().size());
        Map<String, Integer> secure = new TreeMap<>();
        for (String listener : new TreeSet<>(security.listeners().keySet())) {
            secure.put(listener, ports.get(2 + secure.size()));
        }
        BrokerFiles.write(directory, ports.get(0), ports.get(1), security, secure);
        Path log = directory.resolve("broker.log");
        Process process =
                new ProcessBuilder(command(directory))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        EmbeddedBroker broker = new EmbeddedBroker(process, log, ports.get(0), secure);
        try {
            broker.awaitAnswer(ports.get(0));
            return broker;
        } catch (IOException | InterruptedException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** Host and port, as clients want them. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Host and port of a listener with TLS.
     *
     * @throws IllegalArgumentException if the broker has none of that name
     */
    public String bootstrapServers(String listener) {
        Integer port = secure.get(listener);
        if (port == null) {
            throw new IllegalArgumentException(
                    "no listener '%s'; there are %s".formatted(listener, secure.keySet()));
        }
        return "127.0.0.1:" + port;
    }

    /** The file with what the broker says. */
    public Path log() {
        return log;
    }

    /** Id of the broker's process. */
    public long pid() {
        return process.pid();
    }

    /**
     * Creates topics and waits until they are there.
     *
     * @throws IOException if the broker refuses or does not answer; the message names its log
     */
    public void createTopics(Collection<String> names, int partitions)
            throws IOException, InterruptedException {
        List<NewTopic> topics =
                names.stream().map(name -> new NewTopic(name, partitions, (short) 1)).toList();
        try (Admin admin = admin()) {
            await(admin.createTopics(topics).all(), "create topics " + names);
        }
    }

    /** Ends the broker's process; does nothing if it has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "broker process %d did not end in %s".formatted(pid(), STOP_LIMIT));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Knocks at the port first: an admin client logs a warning for each refused connection. */
    private void awaitAnswer(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Loopback.accepts(port)) {
            if (!process.isAlive()) {
                throw failed("ended with exit status " + process.exitValue());
            }
            if (System.nanoTime() > deadline) {
                throw failed("did not listen on port %d within %s".formatted(port, START_LIMIT));
            }
            Thread.sleep(POLL_MILLIS);
        }
        try (Admin admin = admin()) {
            await(admin.describeCluster().nodes(), "describe the cluster");
        }
    }

    private <T> void await(KafkaFuture<T> answer, String request)
            throws IOException, InterruptedException {
        try {
            answer.get(REQUEST_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            throw new IOException(
                    "broker refused to %s: %s; its log: %s"
                            .formatted(request, cause.getMessage(), log),
                    cause);
        } catch (TimeoutException e) {
            throw failed("did not %s within %s".formatted(request, REQUEST_LIMIT));
        }
    }

    private IOException failed(String what) throws IOException {
        return new IOException(
                "broker at %s %s; %s".formatted(bootstrapServers, what, LastWords.of(log)));
    }

    private Admin admin() {
        return Admin.create(
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000));
    }

    /** The shell takes the terminal's interrupt signal from the broker before it becomes it. */
    private static List<String> command(Path directory) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "trap '' INT; exec \"$@\"",
                                "broker",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()));
        command.addAll(
                BrokerFiles.arguments(directory, System.getProperty("java.class.path"), true));
        return command;
    }
}
