package io.espalier.cli;

import picocli.CommandLine.Command;

/** The command {@code bench}, which groups the measurements. */
@Command(
        name = "bench",
        description =
                "Measures how fast parts of Espalier are on this machine, and how well it watches.",
        subcommands = {
            BenchScoreCommand.class,
            BenchLatencyCommand.class,
            BenchPruneCommand.class,
            BenchTriggerCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  espalier bench score --model bert",
            "  espalier bench prune --model bert --data train.tsv",
            "  espalier bench trigger"
        })
final class BenchCommand {}
