package io.espalier.cli;

import picocli.CommandLine.Command;

/** The command {@code cluster}, which groups what is done with a cluster on this machine. */
@Command(
        name = "cluster",
        description = {
            "Starts and stops a broker and a Flink cluster on this machine, for development.",
            "",
            "Broker, JobManager and TaskManagers are JVMs of their own, on the loopback interface and"
                    + " free ports. They run on when the command has ended."
        },
        subcommands = {
            ClusterStartCommand.class,
            ClusterStatusCommand.class,
            ClusterTopicsCommand.class,
            ClusterStopCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  espalier cluster start --task-managers 2",
            "  espalier cluster topics --config job.yaml",
            "  espalier submit --config job.yaml --jobmanager 127.0.0.1:16713",
            "  espalier cluster stop"
        })
final class ClusterCommand {}
