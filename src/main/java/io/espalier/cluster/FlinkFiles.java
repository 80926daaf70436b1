package io.espalier.cluster;

import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of JobManager and TaskManagers that are started without Flink's scripts, which
 * otherwise derive the sizes of the memory.
 */
final class FlinkFiles {

    private static final MemorySize FRAMEWORK = MemorySize.ofMebiBytes(128);
    private static final MemorySize TASK_OFF_HEAP = MemorySize.ofMebiBytes(512);
    private static final MemorySize NETWORK = MemorySize.ofMebiBytes(64);
    private static final MemorySize OTHER = MemorySize.ofMebiBytes(64);
    private static final MemorySize METASPACE = MemorySize.ofMebiBytes(512);
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(2);

    /** Long enough for a loaded machine of two cores. */
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** These must be the cluster's, for a native library loads once in a JVM. */
    private static final List<String> PARENT_FIRST =
            List.of("ai.djl.", "com.sun.jna.", "org.bytedeco.");

    private FlinkFiles() {}

    /** Where the settings lie, as {@code FLINK_CONF_DIR}. */
    static Path directory(ClusterSettings settings) {
        return settings.directory().resolve("conf");
    }

    static void write(ClusterSettings settings, Ports ports) throws IOException {
        Configuration flink = new Configuration();
        common(flink, settings.directory());
        jobManager(flink, ports);
        taskManager(flink, settings.heap());
        if (settings.highAvailability()) {
            highAvailability(flink, settings.directory(), ports);
        }
        settings.flink().forEach(flink::setString);
        Path directory = directory(settings);
        Files.createDirectories(directory);
        Files.createDirectories(settings.directory().resolve("tmp"));
        Files.write(
                directory.resolve("config.yaml"),
                ConfigurationUtils.convertConfigToWritableLines(flink, true));
        Files.writeString(directory.resolve("log4j2.properties"), Logging.TO_STANDARD_OUTPUT);
    }

    private static void common(Configuration flink, Path directory) {
        flink.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toString());
        flink.set(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL, PARENT_FIRST);
        flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
        flink.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT);
    }

    private static void jobManager(Configuration flink, Ports ports) {
        flink.set(JobManagerOptions.ADDRESS, Loopback.HOST);
        flink.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
        flink.set(JobManagerOptions.PORT, ports.rpc());
        flink.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "region");
        flink.set(BlobServerOptions.PORT, "" + ports.blob());
        flink.set(RestOptions.ADDRESS, Loopback.HOST);
        flink.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
        flink.set(RestOptions.PORT, ports.rest());
        flink.set(RestOptions.BIND_PORT, "" + ports.rest());
        flink.set(WebOptions.SUBMIT_ENABLE, false); // Of jars through the web pages.
    }

    private static void taskManager(Configuration flink, MemorySize heap) {
        flink.set(TaskManagerOptions.HOST, Loopback.HOST);
        flink.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
        flink.set(TaskManagerOptions.RPC_PORT, "0");
        flink.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
        flink.set(TaskManagerOptions.CPU_CORES, 1.0);
        flink.set(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY, FRAMEWORK);
        flink.set(TaskManagerOptions.TASK_HEAP_MEMORY, heap.subtract(FRAMEWORK));
        flink.set(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY, FRAMEWORK);
        flink.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, TASK_OFF_HEAP);
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
        flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, OTHER);
        flink.set(TaskManagerOptions.JVM_METASPACE, METASPACE);
        flink.set(TaskManagerOptions.JVM_OVERHEAD_MIN, OTHER);
        flink.set(TaskManagerOptions.JVM_OVERHEAD_MAX, OTHER);
    }

    private static void highAvailability(Configuration flink, Path directory, Ports ports) {
        flink.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
        flink.set(
                HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM,
                Loopback.HOST + ":" + ports.zooKeeper());
        flink.set(
                HighAvailabilityOptions.HA_STORAGE_PATH,
                directory.resolve("high-availability").toUri().toString());
        flink.set(HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE, "" + ports.rpc());
        flink.set(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT, SESSION_TIMEOUT);
    }

    /** The arguments of the Java command that runs a JobManager. */
    static List<String> jobManager(ClusterSettings settings) {
        List<String> arguments = new ArrayList<>(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
        arguments.addAll(
                process(
                        settings,
                        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"));
        return arguments;
    }

    /** The arguments of the Java command that runs a TaskManager. */
    static List<String> taskManager(ClusterSettings settings) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-Xmx" + settings.heap().getBytes(),
                                "-Xms" + settings.heap().getBytes(), // As Flink's scripts do.
                                "-XX:MaxMetaspaceSize=" + METASPACE.getBytes(),
                                "-XX:MaxDirectMemorySize="
                                        + FRAMEWORK.add(TASK_OFF_HEAP).add(NETWORK).getBytes()));
        arguments.addAll(
                process(settings, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
        return arguments;
    }

    private static List<String> process(ClusterSettings settings, String main) {
        Path conf = directory(settings);
        List<String> arguments = new ArrayList<>(settings.jvmFlags());
        arguments.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + settings.directory().resolve("tmp"),
                        "-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties").toUri(),
                        "-cp",
                        settings.libraries(),
                        main,
                        "--configDir",
                        conf.toString()));
        return arguments;
    }
}
