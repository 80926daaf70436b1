package io.espalier.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.Duration;
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

    @Mixin private JobManagerOption jobManager;

    @Option(names = "--job", required = true, paramLabel = "ID", description = "The job's id.")
    private String job;

    @Option(
            names = "--savepoint",
            required = true,
            paramLabel = "DIR",
            description = "Where to put the savepoint; JobManager and TaskManagers write there.")
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
        spec.commandLine()
                .getOut()
                .println(jobManager.rest().stopWithSavepoint(job, directory, LIMIT));
        return 0;
    }
}
