package io.espalier.cli;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaPreflight;
import io.espalier.wire.codec.Stage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/** {@code espalier dead-letters replay}: a range of the dead letters, back to where samples are. */
@Command(
        name = "replay",
        description = {
            "Sends refused samples of a range back to the calibration topic, as they were.",
            "",
            "All of the range or nothing: they go in one transaction. The dead letters stay where"
                    + " they are; what is refused again becomes a new one. Only committed dead"
                    + " letters are looked at."
        },
        footer = {
            "",
            "Examples:",
            "  espalier dead-letters replay --config job.yaml --dry-run",
            "  espalier dead-letters replay --config job.yaml --stage validate --from 1200",
            "  espalier dead-letters replay --config job.yaml --stage late --event-time now"
        })
final class DeadLettersReplayCommand implements Callable<Integer> {

    @Mixin private JobOptions job;

    @Option(
            names = "--from",
            paramLabel = "OFFSET|TIME",
            converter = TopicPosition.Converter.class,
            description =
                    "First dead letter: its offset, or the time from which on they were written,"
                            + " like 2026-11-01T12:00:00Z. Default: the oldest.")
    private @Nullable TopicPosition from;

    @Option(
            names = "--to",
            paramLabel = "OFFSET|TIME",
            converter = TopicPosition.Converter.class,
            description = "First dead letter that is left out. Default: all that are there now.")
    private @Nullable TopicPosition to;

    @Option(
            names = "--stage",
            split = ",",
            paramLabel = "STAGE",
            description =
                    "Only what was refused at: decode, validate, late, score, native; several"
                            + " separated by commas.")
    private List<String> stages = List.of();

    @Option(
            names = "--event-time",
            paramLabel = "TIME",
            description =
                    "'original' keeps the samples' own event time: windows that were decided since"
                            + " refuse them as late. 'now' gives them the present one."
                            + " Default: ${DEFAULT-VALUE}.")
    private EventTime eventTime = EventTime.original;

    @Option(names = "--dry-run", description = "Only say what would be sent.")
    private boolean dryRun;

    @Spec private CommandSpec spec;

    /** Which event time replayed samples get; named as on the command line. */
    enum EventTime {
        original,
        now
    }

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    DeadLettersReplayCommand() {}

    @Override
    public Integer call() throws Exception {
        Set<String> wanted = new TreeSet<>(stages);
        List<String> known = Arrays.stream(Stage.values()).map(Stage::label).toList();
        if (!known.containsAll(wanted)) {
            throw new CommandFailure("--stage " + wanted + ": the stages are " + known);
        }
        EspalierConfig config = job.config();
        EspalierConfig.Topics topics = config.kafka().topics();
        KafkaPreflight.requireTopics(config, List.of(topics.deadLetters(), topics.calibration()));
        DeadLetterReplay replay =
                new DeadLetterReplay(config, from, to, wanted, eventTime == EventTime.now);
        DeadLetterReplay.Outcome outcome = dryRun ? replay.count() : replay.send();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %d dead letters in the range, %d chosen%s%n%s to %s%s%n",
                        topics.deadLetters(),
                        outcome.read(),
                        outcome.chosen(),
                        outcome.byStage().isEmpty() ? "" : " " + outcome.byStage(),
                        dryRun ? "would be sent" : "sent",
                        topics.calibration(),
                        dryRun ? "; nothing was" : " in one transaction");
        if (outcome.foreign() > 0) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%d records without the headers of a dead letter were left out%n",
                            outcome.foreign());
        }
        return 0;
    }
}
