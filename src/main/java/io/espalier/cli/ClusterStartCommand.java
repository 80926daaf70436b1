package io.espalier.cli;

import org.apache.flink.configuration.MemorySize;

import io.espalier.cluster.ClusterSettings;
import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code espalier cluster start}. */
@Command(
        name = "start",
        description =
                "Starts broker, JobManager and TaskManagers; waits until jobs can be submitted.",
        footer = {
            "",
            "A cluster begins afresh: topics and jobs of an earlier one in the same directory are"
                    + " deleted.",
            "It prints two addresses. The broker's belongs into the job's configuration, as",
            "espalier.kafka.bootstrap-servers, or after --set; the JobManager's after --jobmanager.",
            "",
            "Examples:",
            "  espalier cluster start --task-managers 2",
            "  espalier cluster start --directory /tmp/cluster --task-manager-heap 2g",
            "  espalier cluster topics --config job.yaml \\",
            "      --set espalier.kafka.bootstrap-servers=127.0.0.1:10767",
            "  espalier submit --config job.yaml --jobmanager 127.0.0.1:16713 \\",
            "      --set espalier.kafka.bootstrap-servers=127.0.0.1:10767"
        })
final class ClusterStartCommand implements Callable<Integer> {

    private static final MemorySize SMALLEST_HEAP = MemorySize.ofMebiBytes(256);

    @Mixin private ClusterDirectory directory;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "1",
            description = "TaskManagers, of one slot each (default: ${DEFAULT-VALUE}).")
    private int taskManagers;

    @Option(
            names = "--task-manager-heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description =
                    "Java heap of each; libtorch's memory comes on top (default:"
                            + " ${DEFAULT-VALUE}).")
    private String heap;

    @Option(
            names = "--high-availability",
            description =
                    "Keep jobs in ZooKeeper, so that a JobManager that is started again resumes"
                            + " them.")
    private boolean highAvailability;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets options with defaults before call().
    ClusterStartCommand() {}

    @Override
    public Integer call() throws Exception {
        if (taskManagers < 1) {
            throw new CommandFailure("--task-managers " + taskManagers + "; needs at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        LoopbackCluster cluster =
                LoopbackCluster.start(
                        new ClusterSettings(
                                directory.path(),
                                taskManagers,
                                highAvailability,
                                heap(),
                                libraries(),
                                System.getProperty("java.class.path"),
                                ClusterSettings.flagsOfThisJvm(),
                                Map.of()),
                        step -> {
                            err.println(step + " ...");
                            err.flush();
                        });
        out.println("broker:     " + cluster.bootstrapServers());
        out.println("JobManager: " + cluster.jobManager());
        String servers = EspalierOptions.KAFKA_BOOTSTRAP_SERVERS.key();
        out.println("in job.yaml: " + servers + ": " + cluster.bootstrapServers());
        out.println("or with --set " + servers + "=" + cluster.bootstrapServers());
        out.println("submit with --jobmanager " + cluster.jobManager());
        return 0;
    }

    private MemorySize heap() {
        MemorySize size;
        try {
            size = MemorySize.parse(heap);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("--task-manager-heap '" + heap + "' is no size, like 1g", e);
        }
        if (size.compareTo(SMALLEST_HEAP) < 0) {
            throw new CommandFailure(
                    "--task-manager-heap " + heap + "; needs at least " + SMALLEST_HEAP);
        }
        return size;
    }

    /** The libraries without the job's own classes, which come with a job. */
    private static String libraries() throws IOException {
        String file = System.getProperty("espalier.class-path-file");
        if (file == null) {
            throw new CommandFailure(
                    "the property espalier.class-path-file is not set; start with bin/espalier,"
                            + " which names the file of the libraries there");
        }
        return Files.readString(Path.of(file)).strip();
    }
}
