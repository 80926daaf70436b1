package io.espalier.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaPreflight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** {@code espalier cluster topics}. */
@Command(
        name = "topics",
        description =
                "Creates the topics that a configuration names, where they are missing, with one"
                        + " replica.",
        footer = {
            "",
            "Topics that are there stay as they are, with their number of partitions.",
            "",
            "Examples:",
            "  espalier cluster topics --config job.yaml",
            "  espalier cluster topics --config job.yaml --partitions 4 \\",
            "      --set espalier.kafka.bootstrap-servers=127.0.0.1:10767"
        })
final class ClusterTopicsCommand implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Of calibration and labels; the other topics have one (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets options with defaults before call().
    ClusterTopicsCommand() {}

    @Override
    public Integer call() throws Exception {
        EspalierConfig config = options.config();
        String servers = config.kafka().requireBootstrapServers();
        KafkaPreflight.knock(servers);
        PrintWriter out = spec.commandLine().getOut();
        EspalierConfig.Topics topics = config.kafka().topics();
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
            for (String name : topics.all()) {
                boolean input = name.equals(topics.calibration()) || name.equals(topics.labels());
                create(admin, name, input ? partitions : 1, out);
            }
        }
        return 0;
    }

    private static int partitions(Admin admin, String name)
            throws IOException, InterruptedException {
        try {
            return Objects.requireNonNull(
                            admin.describeTopics(List.of(name)).allTopicNames().get().get(name))
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw new IOException(
                    "topic '" + name + "': " + Objects.requireNonNullElse(e.getCause(), e), e);
        }
    }

    private static void create(Admin admin, String name, int partitions, PrintWriter out)
            throws IOException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
            out.println("created " + name);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (!(cause instanceof TopicExistsException)) {
                throw new IOException("topic '" + name + "': " + cause.getMessage(), e);
            }
            int there = partitions(admin, name);
            out.println(
                    "there is "
                            + name
                            + ", with "
                            + there
                            + (there == 1 ? " partition" : " partitions")
                            + (there == partitions
                                    ? ""
                                    : ", not " + partitions + ": it stays as it is"));
        }
    }
}
