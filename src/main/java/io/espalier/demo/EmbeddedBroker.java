package io.espalier.demo;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Kafka broker of one node in a JVM of its own, on the loopback interface and free ports.
 *
 * <p>It lives as long as this object and no longer than this process: {@link #close} ends it, a
 * shutdown hook does, and the broker itself watches a pipe from here. An interrupt from the
 * terminal does not reach it, so that whoever uses it can stop in order first.
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
    private final Thread hook;

    private EmbeddedBroker(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.bootstrapServers = "127.0.0.1:" + port;
        this.hook = new Thread(process::destroyForcibly, "stop-broker");
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param directory for its data, settings and log; made when missing, has to be empty
     * @throws IOException if it does not start or answer in time; the message names its log
     */
    public static EmbeddedBroker start(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int[] ports = freePorts();
        Path properties = directory.resolve("server.properties");
        Files.writeString(properties, properties(directory, ports[0], ports[1]));
        Files.writeString(directory.resolve("log4j2.properties"), LOGGING);
        Path log = directory.resolve("broker.log");
        Process process =
                new ProcessBuilder(command(directory, properties))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        EmbeddedBroker broker = new EmbeddedBroker(process, log, ports[0]);
        Runtime.getRuntime().addShutdownHook(broker.hook);
        try {
            broker.awaitAnswer(ports[0]);
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

    /** The file with what the broker says. */
    public Path log() {
        return log;
    }

    /** Id of the broker's process. */
    long pid() {
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
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is on its way down and runs the hook itself.
        }
    }

    /** Knocks at the port first: an admin client logs a warning for each refused connection. */
    private void awaitAnswer(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!accepts(port)) {
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

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
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
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
        return new IOException(
                "broker at %s %s; its log %s ends: %s"
                        .formatted(bootstrapServers, what, log, last));
    }

    private Admin admin() {
        return Admin.create(
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000));
    }

    /** The shell takes the terminal's interrupt signal from the broker before it becomes it. */
    private static List<String> command(Path directory, Path properties) {
        return List.of(
                "/bin/sh",
                "-c",
                "trap '' INT; exec \"$@\"",
                "broker",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties").toUri(),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                properties.toString(),
                Uuid.randomUuid().toString());
    }

    private static int[] freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket first = new ServerSocket(0, 1, loopback);
                ServerSocket second = new ServerSocket(0, 1, loopback)) {
            return new int[] {first.getLocalPort(), second.getLocalPort()};
        }
    }

    private static String properties(Path directory, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                log.retention.ms=-1
                log.message.timestamp.after.max.ms=9223372036854775807
                log.cleaner.dedupe.buffer.size=8388608
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                group.initial.rebalance.delay.ms=0
                """
                .formatted(port, controllerPort, directory.toAbsolutePath().resolve("data"));
    }

    private static final String LOGGING =
            """
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c - %m%n
            """;
}
