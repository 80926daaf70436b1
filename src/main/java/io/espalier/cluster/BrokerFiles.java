package io.espalier.cluster;

import org.apache.kafka.common.Uuid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of a Kafka broker of one node that is its own controller, on the loopback interface.
 *
 * <p>Made for synthetic event times: retention is off and a record's timestamp may lie anywhere.
 */
public final class BrokerFiles {

    private static final String PROPERTIES = "server.properties";
    private static final String LOGGING = "log4j2.properties";

    private BrokerFiles() {}

    /** Writes settings for a broker whose data lies in a sub-directory of this one. */
    public static void write(Path directory, int port, int controllerPort) throws IOException {
        write(directory, port, controllerPort, BrokerSecurity.NONE, Map.of());
    }

    /**
     * The same for a broker that also listens with TLS.
     *
     * @param secure ports of the listeners with TLS, by name
     */
    public static void write(
            Path directory,
            int port,
            int controllerPort,
            BrokerSecurity security,
            Map<String, Integer> secure)
            throws IOException {
        StringBuilder listeners = new StringBuilder("PLAINTEXT://127.0.0.1:" + port);
        StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        new TreeMap<>(secure)
                .forEach(
                        (name, securePort) -> {
                            listeners.append(",%s://127.0.0.1:%d".formatted(name, securePort));
                            protocols.append(",%s:SASL_SSL".formatted(name));
                        });
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve(PROPERTIES),
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=%1$s,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=%1$s
                listener.security.protocol.map=%4$s
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
                transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
                group.initial.rebalance.delay.ms=0
                """
                                .formatted(
                                        listeners,
                                        controllerPort,
                                        directory.toAbsolutePath().resolve("data"),
                                        protocols)
                        + security.properties());
        Files.writeString(directory.resolve(BrokerProcess.USERS), security.users());
        Files.writeString(directory.resolve(LOGGING), Logging.TO_STANDARD_OUTPUT);
    }

    /**
     * The arguments of the Java command that runs a broker with written settings; it formats the
     * storage at its first start.
     *
     * @param classPath with Kafka's server and this class
     * @param withParent whether it ends when the process does that holds the other end of its
     *     standard input
     */
    public static List<String> arguments(Path directory, String classPath, boolean withParent) {
        return List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=" + directory.resolve(LOGGING).toUri(),
                "-cp",
                classPath,
                BrokerProcess.class.getName(),
                directory.resolve(PROPERTIES).toString(),
                Uuid.randomUuid().toString(),
                Boolean.toString(withParent));
    }
}
