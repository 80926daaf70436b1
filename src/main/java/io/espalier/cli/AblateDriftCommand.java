package io.espalier.cli;

import io.espalier.batch.DriftComparison;
import io.espalier.batch.DriftResponse;
import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.search.ErrorCurve;
import io.espalier.wire.codec.Labels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier ablate-drift}: what re-tuning and re-masking are worth. */
@Command(
        name = "ablate-drift",
        description = {
            "Prunes a model for one traffic, moves to another, and tests each response there.",
            "",
            "Draws --samples of each traffic and decides with the profile espalier, each traffic by"
                    + " itself: nothing of the old one is kept in the statistics of the new one."
        },
        footer = {
            "",
            "A row for each budget and response:",
            "  live as it was   structure and projections of --from",
            "  re-tuned         structure of --from, projections solved anew on --to",
            "  re-masked        structure and projections of --to",
            "",
            "Columns beside those of 'espalier ablate': 'predicted' is the error on the new traffic"
                    + " that its",
            "statistics foretell for the very model; 'estimated' is what the streaming job decides"
                    + " by, the error",
            "of that structure once it is re-solved, on the scale of the error curves. 'kept'"
                    + " counts the lengths",
            "of the new traffic, so a structure of the old one may be above its budget.",
            "",
            "Examples:",
            "  espalier ablate-drift --model bert --from movie.train.tsv --to product.train.tsv \\",
            "      --test-to product.test.tsv --budget macs=0.4,0.3 --seeds 3 --json drift.json"
        })
final class AblateDriftCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The dense model, a Hugging Face directory of a BERT classifier.")
    private Path model;

    @Option(
            names = "--from",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description =
                    "Labelled text of the old traffic, with a header label<TAB>text[<TAB>text2].")
    private List<Path> from;

    @Option(
            names = "--to",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "Labelled text of the new traffic, of the same form.")
    private List<Path> to;

    @Option(
            names = "--test-to",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "Labelled text of the new traffic to test on, of the same form.")
    private List<Path> tests;

    @Mixin private BudgetOption budgets;

    @Mixin private CalibrationOption calibration;

    @Mixin private AblationOutput output;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    AblateDriftCommand() {}

    @Override
    public Integer call() throws Exception {
        List<Budget> wanted = budgets.budgets();
        calibration.check(spec);
        output.prepare();
        String title = "Drift: accuracy by response";
        AblationRun.open(
                model,
                tests,
                budgets,
                calibration,
                run -> {
                    Labels labels = new Labels(run.dense().description().labels());
                    CalibrationFiles before = CalibrationFiles.read(from, labels);
                    CalibrationFiles after = CalibrationFiles.read(to, labels);
                    for (long seed : calibration.seeds()) {
                        compare(run, before, after, wanted, seed);
                        run.finish(seed);
                        output.write(title, run.soFar());
                    }
                    AblateCommand.print(spec.commandLine().getOut(), run.soFar());
                });
        return 0;
    }

    private static void compare(
            AblationRun run,
            CalibrationFiles before,
            CalibrationFiles after,
            List<Budget> wanted,
            long seed)
            throws Exception {
        AblationRun.Scored old = run.score(before, seed);
        AblationRun.Scored present = run.score(after, seed);
        List<ErrorCurve> oldCurves = run.curves(old, "error curves of the old traffic", seed);
        List<ErrorCurve> curves = run.curves(present, "error curves of the new traffic", seed);
        DriftComparison comparison =
                new DriftComparison(old.calibration(), oldCurves, present.calibration(), curves);
        DriftResponse[] responses = DriftResponse.values();
        try (ProgressBars.Task task =
                run.bars()
                        .start(
                                "responses, seed " + seed,
                                (long) wanted.size() * responses.length,
                                "models")) {
            for (Budget budget : wanted) {
                for (DriftResponse response : responses) {
                    AblationRun.Timed<DriftComparison.Outcome> made =
                            AblationRun.timed(() -> comparison.respond(response, budget));
                    double estimate = made.result().estimate();
                    run.test(
                            new AblationRun.Made(
                                    seed,
                                    Profile.ESPALIER.label(),
                                    response.label(),
                                    budget,
                                    Double.isNaN(estimate) ? null : estimate,
                                    made.seconds()),
                            made.result().model(),
                            present.calibration());
                    task.step(1);
                }
            }
        }
    }
}
