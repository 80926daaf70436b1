package io.espalier.cli;

import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.stream.KafkaJob;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/**
 * The job's entry point where Flink runs a main method: {@code flink run} and application mode.
 *
 * <p>Takes {@code --config} and {@code --set} and makes the checks of {@code espalier run} but one:
 * the store may hold models already, for Flink runs this again after a failure of the JobManager,
 * and knows then which checkpoint to resume from. Whatever is wrong is thrown, so that Flink
 * reports it. A savepoint is given to Flink, not to this.
 */
@Command(name = "espalier-job")
public final class JobMain implements Callable<JobClient> {

    @Mixin private JobOptions options;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets mixins before call().
    private JobMain() {}

    /** Defines the job in the environment that Flink provides, and starts it. */
    public static void main(String[] arguments) throws Exception {
        JobMain main = new JobMain();
        new CommandLine(main).parseArgs(arguments);
        main.call();
    }

    @Override
    public JobClient call() throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        JobOptions.Checked checked = options.checkForFlink();
        environment.configure(checked.settings());
        KafkaJob.define(environment, checked.parent(), checked.config());
        return environment.executeAsync(checked.name());
    }
}
