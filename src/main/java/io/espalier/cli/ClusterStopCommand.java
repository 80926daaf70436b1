package io.espalier.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier cluster stop}. */
@Command(
        name = "stop",
        description = "Ends the cluster's processes; logs and data stay.",
        footer = {
            "",
            "Jobs end with it, without a savepoint; 'espalier stop' takes one first.",
            "",
            "Examples:",
            "  espalier cluster stop",
            "  espalier cluster stop --directory /tmp/cluster"
        })
final class ClusterStopCommand implements Callable<Integer> {

    @Mixin private ClusterDirectory directory;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets mixins before call().
    ClusterStopCommand() {}

    @Override
    public Integer call() throws Exception {
        List<String> stopped = directory.find().stop();
        spec.commandLine()
                .getOut()
                .println(
                        stopped.isEmpty()
                                ? "nothing of it ran"
                                : "stopped " + String.join(", ", stopped));
        return 0;
    }
}
