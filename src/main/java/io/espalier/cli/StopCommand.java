package io.espalier.cli;

import io.espalier.cluster.FlinkRest;
import io.espalier.cluster.JobState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code espalier stop}. */
@Command(
        name = "stop",
        description = "Ends a submitted job with a savepoint and prints where it is.",
        footer = {
            "",
            "Examples:",
            "  espalier stop --job 5e20cb6b0f357591171dfcca2eea09de --savepoint file:///savepoints \\",
            "      --jobmanager 127.0.0.1:8081",
            "  espalier submit --config job.yaml --jobmanager 127.0.0.1:8081 \\",
            "      --savepoint file:///savepoints/savepoint-5e20cb-0c52eb1b9ee4"
        })
final class StopCommand implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration END_LIMIT = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 100;

    @Mixin private JobManagerOption jobManager;

    @Option(names = "--job", required = true, paramLabel = "ID", description = "The job's id.")
    private String job;

    @Option(
            names = "--savepoint",
            required = true,
            paramLabel = "DIR",
            description =
                    "Where to put the savepoint; JobManager and TaskManagers write there. A URI, or"
                            + " a path from here.")
    private String directory;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    StopCommand() {}

    @Override
    public Integer call() throws Exception {
        if (!job.matches("[0-9a-f]{32}")) {
            throw new ParameterException(
                    spec.commandLine(), "--job '" + job + "' is no id of 32 hexadecimal digits");
        }
        jobManager.reach();
        FlinkRest rest = jobManager.rest();
        requireRunning(rest.job(job));
        String place = rest.stopWithSavepoint(job, StateLocation.uri(directory), LIMIT);
        spec.commandLine().getOut().println(place);
        spec.commandLine().getOut().flush();
        awaitEnd(rest);
        return 0;
    }

    /** The savepoint is complete a moment before the job has ended and its slots are free. */
    private void awaitEnd(FlinkRest rest) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        while (!rest.job(job).map(JobState::hasEnded).orElse(true)) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailure(
                        "the savepoint is complete, but job "
                                + job
                                + " has not ended within "
                                + END_LIMIT.toSeconds()
                                + " s");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** A job whose tasks do not all run can take no savepoint; Flink's own words name no task. */
    private void requireRunning(Optional<JobState> known) {
        JobState state =
                known.orElseThrow(
                        () ->
                                new CommandFailure(
                                        "JobManager at "
                                                + jobManager.text()
                                                + " knows no job "
                                                + job
                                                + "; 'espalier cluster status' lists those of a"
                                                + " cluster on this machine"));
        String cause = state.failure().map(each -> ": " + each).orElse("");
        if (state.hasEnded()) {
            throw new CommandFailure(
                    "job " + job + " has ended already, it is " + state.name() + cause);
        }
        if (!state.runs()) {
            throw new CommandFailure(
                    "job "
                            + job
                            + " is "
                            + state.name()
                            + ", "
                            + state.running()
                            + " of "
                            + state.tasks()
                            + " tasks run; a savepoint needs all"
                            + (cause.isEmpty() ? "" : "; it failed last" + cause));
        }
    }
}
