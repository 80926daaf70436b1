package io.espalier.stream;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster inside this JVM, whose ports are open on the loopback interface only. */
public final class LocalCluster {

    private static final String LOOPBACK = "127.0.0.1";

    private LocalCluster() {}

    /**
     * An environment that runs on a cluster of its own.
     *
     * @param parallelism task slots
     * @param settings Flink's keys; where they name an address, it stands
     */
    public static StreamExecutionEnvironment environment(int parallelism, Configuration settings) {
        Configuration local = new Configuration();
        local.set(RestOptions.ADDRESS, LOOPBACK);
        local.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        local.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        local.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        local.addAll(settings);
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, local);
    }
}
