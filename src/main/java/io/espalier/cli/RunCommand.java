package io.espalier.cli;

import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.LocalCluster;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code espalier run}: the job on a Kafka topic, on a cluster inside this JVM. */
@Command(
        name = "run",
        description = {
            "Runs the job on a Kafka topic until it is stopped, on a Flink cluster inside this JVM.",
            "",
            "Checks model, broker, topics and transaction timeout first. Publishes masks, models and"
                    + " drift reports to their topics and pruned models to the store."
        },
        footer = {
            "",
            "Examples:",
            "  espalier run --config job.yaml",
            "  espalier run --config job.yaml --set espalier.parallelism=4",
            "  espalier run --config job.yaml --check",
            "",
            "A configuration, shortest form (docs/configuration.md has all keys):",
            "  espalier.model.directory: /models/bert-sst2",
            "  espalier.publish.root: /models/pruned",
            "  espalier.kafka.bootstrap-servers: broker:9092",
            "  espalier.checkpoint.directory: file:///var/lib/espalier/checkpoints"
        })
final class RunCommand implements Callable<Integer> {

    private static final long STOP_SECONDS = 20;

    @Mixin private JobOptions options;

    @Option(names = "--check", description = "Only check that the job could start.")
    private boolean checkOnly;

    private @Nullable JobClient job;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets mixins before call().
    RunCommand() {}

    @Override
    public Integer call() throws Exception {
        JobOptions.Checked checked =
                options.check(
                        null, true, "--set " + StateRecoveryOptions.SAVEPOINT_PATH.key() + "=PATH");
        EspalierConfig config = checked.config();
        PrintWriter out = spec.commandLine().getOut();
        if (checkOnly) {
            out.println("model, broker, topics and timeouts are as the job needs them");
            return 0;
        }
        StreamExecutionEnvironment environment =
                LocalCluster.environment(config.parallelism(), checked.settings());
        KafkaJob.define(environment, checked.parent(), config);
        job = environment.executeAsync(checked.name());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "espalier-stop"));
        out.printf(
                "job %s reads %s at %s; Ctrl-C stops it%n",
                job.getJobID(),
                config.kafka().topics().calibration(),
                config.kafka().requireBootstrapServers());
        out.flush();
        job.getJobExecutionResult().get();
        return 0;
    }

    private void stop() {
        if (job == null) {
            return;
        }
        try {
            job.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            spec.commandLine().getErr().println("espalier: the job had ended already");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
