package io.espalier.stream;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import java.nio.file.Path;
import java.util.List;

/** A Flink cluster that runs elsewhere, reached over its REST interface. */
public final class RemoteCluster {

    private RemoteCluster() {}

    /**
     * An environment whose jobs are submitted to the cluster.
     *
     * @param host of the JobManager's REST interface
     * @param port of the same
     * @param settings Flink's keys for the job
     * @param jars what the job's classes are in; everything else has to be on the cluster's class
     *     path
     */
    public static StreamExecutionEnvironment environment(
            String host, int port, Configuration settings, List<Path> jars) {
        Configuration remote = new Configuration(settings);
        remote.set(DeploymentOptions.TARGET, "remote");
        remote.set(DeploymentOptions.ATTACHED, false);
        remote.set(RestOptions.ADDRESS, host);
        remote.set(RestOptions.PORT, port);
        remote.set(
                PipelineOptions.JARS,
                jars.stream().map(jar -> jar.toAbsolutePath().toUri().toString()).toList());
        return new StreamExecutionEnvironment(remote);
    }
}
