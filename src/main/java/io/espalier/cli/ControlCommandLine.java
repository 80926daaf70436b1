package io.espalier.cli;

import io.espalier.config.EspalierConfig;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;

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
            "  set-thresholds KEY=VALUE  other thresholds: espalier.trigger.*, .retune.margin,"
                    + " .remask.margin,",
            "                            .promotion.margin, .tolerance, .confidence, .min-samples",
            "  rollback version=V        make a version live that was so before, at once",
            "  pin version=V, unpin      the same, and keep it so; let candidates become live"
                    + " again"
        },
        footer = {
            "",
            "The answer comes with the job's next checkpoint.",
            "",
            "Examples:",
            "  espalier control force --config job.yaml",
            "  espalier control set-budgets budgets=macs=0.5,macs=0.4 --config job.yaml",
            "  espalier control rollback version=macs0.50-000016 --config job.yaml --reason"
                    + " 'complaints since noon'",
            "  espalier control set-thresholds espalier.trigger.period='2 h' --config job.yaml"
        })
final class ControlCommandLine implements Callable<Integer> {

    private static final Duration BEYOND_CHECKPOINTS = Duration.ofSeconds(20);

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

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets parameters before call().
    ControlCommandLine() {}

    @Override
    public Integer call() throws Exception {
        EspalierConfig config = job.config();
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId(UUID.randomUUID().toString())
                        .setModel(config.model().id())
                        .setBudget(budget)
                        .setAction(action())
                        .setArguments(new TreeMap<>(arguments))
                        .setReason(reason)
                        .build();
        Duration patience = config.checkpoint().interval().multipliedBy(2).plus(BEYOND_CHECKPOINTS);
        Optional<ControlAcknowledgement> answer = new ControlClient(config).send(command, patience);
        if (answer.isEmpty()) {
            throw new CommandFailure(
                    "sent as "
                            + command.getId()
                            + ", but no answer came on '"
                            + config.kafka().topics().drift()
                            + "' within "
                            + patience.toSeconds()
                            + " s; is the job of model '"
                            + config.model().id()
                            + "' running?");
        }
        if (!answer.get().getAccepted()) {
            throw new CommandFailure("refused: " + answer.get().getReason());
        }
        spec.commandLine().getOut().println("obeyed: " + answer.get().getReason());
        return 0;
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
                                                + Arrays.stream(ControlAction.values())
                                                        .map(ControlCommandLine::label)
                                                        .toList()));
    }

    private static String label(ControlAction action) {
        return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
