package io.espalier.cli;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaPreflight;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code espalier control}: a wish to a running job, and its answer. */
@Command(
        name = "control",
        description = {
            "Sends a command to a running job and prints its answer.",
            "",
            "  force                     decide at the next window's end, whatever the drift",
            "  pause, resume             decide nothing; decide again",
            "  set-budgets budgets=LIST  other budgets from the next window on, from the state at"
                    + " hand",
            "  set-thresholds KEY=VALUE  other thresholds: espalier.trigger.*, .retune.margin,",
            "                            .remask.margin, .promotion.margin, .tolerance, .confidence,",
            "                            .min-samples",
            "  rollback version=V        make a version live that was so before, as soon as the job"
                    + " reads it",
            "  pin version=V, unpin      the same, and keep it so; let candidates become live"
                    + " again",
            "  answer id=ID              nothing is sent: prints the answer to an earlier command"
        },
        footer = {
            "",
            "The answer comes with the job's next checkpoint. A command that no job reads yet waits"
                    + " on the",
            "control topic.",
            "",
            "Examples:",
            "  espalier control force --config job.yaml",
            "  espalier control set-budgets budgets=macs=0.5,macs=0.4 --config job.yaml",
            "  espalier control rollback version=macs0.50-000016 --config job.yaml \\",
            "      --reason 'complaints since noon'",
            "  espalier control set-thresholds espalier.trigger.period='2 h' --config job.yaml",
            "  espalier control answer id=1f0c7a52-8b7e-4a52-9d38-6d0f6a2f3c11 --config job.yaml"
        })
final class ControlCommandLine implements Callable<Integer> {

    private static final Duration BEYOND_CHECKPOINTS = Duration.ofSeconds(20);

    private static final String ANSWER = "answer";
    private static final Map<ControlAction, String> NEEDED =
            Map.of(
                    ControlAction.PIN,
                    "version",
                    ControlAction.ROLLBACK,
                    "version",
                    ControlAction.SET_BUDGETS,
                    "budgets");

    @Parameters(index = "0", paramLabel = "ACTION", description = "What to do.")
    private String action;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Arguments of the action.")
    private Map<String, String> arguments = Map.of();

    @Option(
            names = "--budget",
            paramLabel = "BUDGET",
            description = "The budget it is meant for (default: all).")
    private @Nullable String budget;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why, for the record on the control topic.")
    private @Nullable String reason;

    @Mixin private JobOptions job;

    @Spec private CommandSpec spec;

    private final Duration beyondCheckpoints;

    /** For picocli, which fills the fields. */
    ControlCommandLine() {
        this(BEYOND_CHECKPOINTS);
    }

    /** The same with another patience. */
    @SuppressWarnings("NullAway.Init") // picocli sets parameters before call().
    ControlCommandLine(Duration beyondCheckpoints) {
        this.beyondCheckpoints = beyondCheckpoints;
    }

    @Override
    public Integer call() throws Exception {
        boolean asks = action.equals(ANSWER);
        @Nullable ControlAction wish = asks ? null : action();
        requireArgument(asks ? "id" : wish == null ? null : NEEDED.get(wish));
        EspalierConfig config = job.config();
        EspalierConfig.Topics topics = config.kafka().topics();
        KafkaPreflight.requireTopics(config, List.of(topics.control(), topics.drift()));
        ControlClient client = new ControlClient(config);
        if (wish == null) {
            String id = arguments.getOrDefault("id", "");
            return print(
                    client.find(id)
                            .orElseThrow(
                                    () ->
                                            new CommandFailure(
                                                    "there is no answer to "
                                                            + id
                                                            + " on '"
                                                            + topics.drift()
                                                            + "' yet")));
        }
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId(UUID.randomUUID().toString())
                        .setModel(config.model().id())
                        .setBudget(budget)
                        .setAction(wish)
                        .setArguments(new TreeMap<>(arguments))
                        .setReason(reason)
                        .build();
        Duration patience = config.checkpoint().interval().multipliedBy(2).plus(beyondCheckpoints);
        return print(
                client.send(command, patience)
                        .orElseThrow(() -> unanswered(config, command.getId(), patience)));
    }

    private int print(ControlAcknowledgement answer) {
        if (!answer.getAccepted()) {
            throw new CommandFailure("refused: " + answer.getReason());
        }
        spec.commandLine().getOut().println("obeyed: " + answer.getReason());
        return 0;
    }

    private static CommandFailure unanswered(EspalierConfig config, String id, Duration patience) {
        return new CommandFailure(
                "no answer within "
                        + patience.toSeconds()
                        + " s: either no job of model '"
                        + config.model().id()
                        + "' runs, or it is busy. Command "
                        + id
                        + " stays on topic '"
                        + config.kafka().topics().control()
                        + "' and is obeyed when the job reads it; 'espalier control answer id="
                        + id
                        + "' prints what it answered");
    }

    /** Refuses here what the job would refuse after its next checkpoint. */
    private void requireArgument(@Nullable String name) {
        if (name != null && arguments.getOrDefault(name, "").isBlank()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'"
                            + action
                            + "' needs "
                            + name
                            + "=..."
                            + (arguments.isEmpty() ? "" : ", given are " + arguments));
        }
    }

    private ControlAction action() {
        return Arrays.stream(ControlAction.values())
                .filter(each -> label(each).equals(action))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "'"
                                                + action
                                                + "' is no action; actions are "
                                                + Stream.concat(
                                                                Arrays.stream(
                                                                                ControlAction
                                                                                        .values())
                                                                        .map(
                                                                                ControlCommandLine
                                                                                        ::label),
                                                                Stream.of(ANSWER))
                                                        .toList()));
    }

    private static String label(ControlAction action) {
        return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
