package io.espalier.cli;

import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.stream.KafkaJob;
import io.espalier.stream.RemoteCluster;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier submit}: the job on a Kafka topic, on a Flink cluster elsewhere. */
@Command(
        name = "submit",
        description = {
            "Submits the job to a running Flink cluster, prints its id and waits until it runs.",
            "",
            "Makes the same checks as 'run' first, from this machine; waits for a minute at most. Sends Espalier's own classes"
                    + " only; all libraries have to lie on the cluster's class path."
        },
        footer = {
            "",
            "Examples:",
            "  espalier submit --config job.yaml --jobmanager 127.0.0.1:8081",
            "  espalier submit --config job.yaml --jobmanager flink:8081 --savepoint file:///sp/1 \\",
            "      --set espalier.parallelism=4"
        })
final class SubmitCommand implements Callable<Integer> {

    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private static final Duration ROOM_PATIENCE = Duration.ofSeconds(5);

    @Mixin private JobOptions options;

    @Mixin private JobManagerOption jobManager;

    @Option(
            names = "--savepoint",
            paramLabel = "PATH",
            description =
                    "Savepoint or retained checkpoint to resume from: a URI, or a path from here.")
    private @Nullable String savepoint;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "Jar with the job's classes (default: the one that this command is in).")
    private @Nullable Path jar;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets mixins before call().
    SubmitCommand() {}

    @Override
    public Integer call() throws Exception {
        Path classes = jar == null ? ownJar() : jar;
        if (!Files.isRegularFile(classes)) {
            throw new CommandFailure(classes + ": is no jar; name one with --jar");
        }
        jobManager.reach();
        JobOptions.Checked checked =
                options.check(
                        savepoint == null ? null : StateLocation.uri(savepoint),
                        StateLocation.isHere(jobManager.address().host()),
                        "--savepoint PATH");
        JobStart start = new JobStart(jobManager.rest(), jobManager.text(), START_LIMIT);
        start.requireRoom(checked.config().parallelism(), ROOM_PATIENCE);
        StreamExecutionEnvironment environment =
                RemoteCluster.environment(
                        jobManager.address().host(),
                        jobManager.address().port(),
                        checked.settings(),
                        List.of(classes));
        KafkaJob.define(environment, checked.parent(), checked.config());
        String job = submit(environment, checked);
        spec.commandLine().getOut().println(job);
        spec.commandLine().getOut().flush();
        PrintWriter err = spec.commandLine().getErr();
        int tasks =
                start.await(
                        job,
                        step -> {
                            err.println(step + " ...");
                            err.flush();
                        });
        err.println("all " + tasks + " tasks run");
        err.flush();
        return 0;
    }

    private static String submit(
            StreamExecutionEnvironment environment, JobOptions.Checked checked) {
        try {
            return environment.executeAsync(checked.name()).getJobID().toString();
        } catch (Exception e) {
            String from =
                    checked.settings()
                            .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                            .map(place -> " from savepoint " + place)
                            .orElse("");
            throw new CommandFailure(
                    "the cluster did not start the job" + from + ": " + Failures.describe(e), e);
        }
    }

    private static Path ownJar() throws URISyntaxException {
        return Path.of(
                SubmitCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
