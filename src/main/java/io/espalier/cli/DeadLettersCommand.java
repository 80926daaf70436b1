package io.espalier.cli;

import picocli.CommandLine.Command;

/** The command {@code dead-letters}, which groups what is done with refused samples. */
@Command(
        name = "dead-letters",
        description = "Deals with the samples that a job refused.",
        subcommands = DeadLettersReplayCommand.class,
        footer = {
            "",
            "Examples:",
            "  espalier dead-letters replay --config job.yaml --dry-run",
            "  espalier dead-letters replay --config job.yaml --stage validate --from 1200"
        })
final class DeadLettersCommand {}
