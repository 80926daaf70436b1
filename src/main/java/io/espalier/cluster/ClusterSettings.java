package io.espalier.cluster;

import org.apache.flink.configuration.MemorySize;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a cluster is to be.
 *
 * @param directory absolute; for everything it writes: settings, logs, the broker's data
 * @param taskManagers how many, of one slot each
 * @param highAvailability whether a JobManager that is started again takes up the jobs of a killed
 *     one; costs a ZooKeeper process
 * @param heap of a TaskManager
 * @param libraries class path of JobManager and TaskManagers: what lies in {@code lib} elsewhere,
 *     without the job's own classes
 * @param brokerClassPath with Kafka's server and this package
 * @param jvmFlags of JobManager and TaskManagers, beside the sizes of their memory
 * @param flink keys of Flink's that win over those made here
 */
public record ClusterSettings(
        Path directory,
        int taskManagers,
        boolean highAvailability,
        MemorySize heap,
        String libraries,
        String brokerClassPath,
        List<String> jvmFlags,
        Map<String, String> flink) {

    private static final List<String> HANDED_ON =
            List.of(
                    "--add-opens",
                    "-Dai.djl.",
                    "-Dorg.apache.avro.",
                    "-Djava.security.properties=");

    /**
     * Copies list and map.
     *
     * @throws IllegalArgumentException if there is no TaskManager
     */
    public ClusterSettings {
        if (taskManagers < 1) {
            throw new IllegalArgumentException(taskManagers + " task managers; needs at least 1");
        }
        jvmFlags = List.copyOf(jvmFlags);
        flink = Map.copyOf(flink);
    }

    /** What this JVM was started with and Flink's processes need too. */
    public static List<String> flagsOfThisJvm() {
        return handedOn(ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    /** Those of some flags that Flink's processes need too. */
    static List<String> handedOn(List<String> flags) {
        return flags.stream()
                .filter(flag -> HANDED_ON.stream().anyMatch(flag::startsWith))
                .toList();
    }
}
