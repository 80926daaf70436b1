package io.espalier.cli;

import io.espalier.cluster.LoopbackCluster;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** Which cluster of this machine a command means. */
final class ClusterDirectory {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "target/cluster",
            description = "Of the cluster's settings, logs and data (default: ${DEFAULT-VALUE}).")
    private Path directory;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets options with defaults before call().
    ClusterDirectory() {}

    Path path() {
        return directory.toAbsolutePath().normalize();
    }

    /**
     * The cluster, running or not.
     *
     * @throws CommandFailure if there never was one
     */
    LoopbackCluster find() throws IOException {
        return LoopbackCluster.find(path())
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        path()
                                                + ": there is no cluster; 'espalier cluster start'"
                                                + " starts one"));
    }
}
