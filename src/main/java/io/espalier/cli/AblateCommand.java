package io.espalier.cli;

import io.espalier.batch.CurveProfile;
import io.espalier.batch.DiagonalProfile;
import io.espalier.batch.PrunedModel;
import io.espalier.batch.PruningProfile;
import io.espalier.batch.PruningStep;
import io.espalier.batch.PublishedProfile;
import io.espalier.batch.Replay;
import io.espalier.batch.StepwisePruning;
import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.search.ErrorCurve;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code espalier ablate}: what each step of each profile is worth. */
@Command(
        name = "ablate",
        description = {
            "Prunes a model by each profile, step by step, and tests the model after each step.",
            "",
            "Draws calibration samples from all --data files together and scores them once; every"
                    + " profile, budget and step starts from these statistics. Only the published"
                    + " method (reference) needs supervised gradients of whole batches, from a"
                    + " second, gradient-only pass over the same samples in the same order. Nothing"
                    + " is published."
        },
        footer = {
            "",
            "Profiles and their steps:",
            "  espalier         search: error curves, allocated; + tuning; + projection",
            "  robust-diagonal  search: Fisher diagonal; + rearrangement; + tuning; + projection",
            "  reference        the published method: search; + rearrangement; + tuning (ends at"
                    + " its first",
            "                   unstable solve); + projection is ours on its rearranged mask;"
                    + " macs budgets only",
            "  search and + rearrangement cut units and change nothing else; + tuning gives the"
                    + " kept units",
            "  values; + projection solves the output projections anew instead, from the statistics;",
            "  + sequential (with --sequential) does so from the bottom up, over the samples again.",
            "",
            "Columns: accuracy, agreement with the dense model and KL (dense || pruned) are means"
                    + " over the",
            "--test files, each counting alike; 'kept' is the share of what the budget counts, at"
                    + " the",
            "lengths of the calibration samples; 'predicted' is the loss the statistics foretell;",
            "'seconds' are the step's own, stages that models share are listed below the table.",
            "",
            "Examples:",
            "  espalier ablate --model bert --data train.tsv --test test.tsv --budget macs=0.5,0.3",
            "  espalier ablate --model bert --data movie.train.tsv,product.train.tsv \\",
            "      --test movie.test.tsv,product.test.tsv --budget macs=0.7,0.5,0.4,0.3,0.2 \\",
            "      --seeds 3 --json ablation.json          (and ablation.html beside it)",
            "  espalier ablate --model bert --data train.tsv --test test.tsv --profile espalier \\",
            "      --loss supervised --samples 512 --sequential",
            "",
            "'espalier ablate-drift' shows what following a change of traffic is worth."
        })
final class AblateCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The dense model, a Hugging Face directory of a BERT classifier.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description =
                    "Labelled text to calibrate on, with a header label<TAB>text[<TAB>text2].")
    private List<Path> data;

    @Option(
            names = "--test",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "Labelled text to test on, of the same form.")
    private List<Path> tests;

    @Mixin private BudgetOption budgets;

    @Option(
            names = "--profile",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "espalier,robust-diagonal,reference",
            description = "Profiles to compare (default: ${DEFAULT-VALUE}).")
    private List<String> profiles;

    @Option(
            names = "--step",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Test the models of these steps alone: search, rearrangement, tuning,"
                            + " projection, sequential (default: of all).")
    private List<String> stepNames = List.of();

    private Set<String> steps = Set.of();

    @Option(
            names = "--sequential",
            description =
                    "Add the sequential re-solve, which runs the samples again, and once"
                            + " more before that for the importance of their tokens.")
    private boolean sequential;

    @Mixin private CalibrationOption calibration;

    @Mixin private AblationOutput output;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    AblateCommand() {}

    @Override
    public Integer call() throws Exception {
        List<Budget> wanted = budgets.budgets();
        List<Profile> compared = compared(wanted);
        steps = stepNames.stream().map(this::step).collect(Collectors.toSet());
        calibration.check(spec);
        output.prepare();
        String title = "Ablation: accuracy by profile and step";
        AblationRun.open(
                model,
                tests,
                budgets,
                calibration,
                run -> {
                    Labels labels = new Labels(run.dense().description().labels());
                    CalibrationFiles files = CalibrationFiles.read(data, labels);
                    for (long seed : calibration.seeds()) {
                        AblationRun.Scored scored = run.score(files, seed);
                        Replay replay = sequential ? run.replay(scored, seed) : null;
                        for (Profile profile : compared) {
                            compare(run, scored, replay, profile, wanted, seed);
                        }
                        run.finish(seed);
                        output.write(title, run.soFar());
                    }
                    print(spec.commandLine().getOut(), run.soFar());
                });
        return 0;
    }

    private String step(String name) {
        List<String> known =
                Arrays.stream(PruningStep.values())
                        .map(step -> step.name().toLowerCase(Locale.ROOT))
                        .toList();
        if (!known.contains(name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--step is '" + name + "'; it must be one of " + String.join(", ", known));
        }
        return name.toUpperCase(Locale.ROOT);
    }

    private List<Profile> compared(List<Budget> wanted) {
        List<Profile> compared = profiles.stream().map(Profile::of).distinct().toList();
        if (compared.contains(Profile.REFERENCE)) {
            BudgetOption.requireMacs(
                    wanted, "leave it out with --profile espalier,robust-diagonal");
        }
        return compared;
    }

    private void compare(
            AblationRun run,
            AblationRun.Scored scored,
            @Nullable Replay replay,
            Profile kind,
            List<Budget> wanted,
            long seed)
            throws Exception {
        PruningProfile profile = profile(run, scored, kind, seed);
        List<StepwisePruning> ways =
                wanted.stream()
                        .map(
                                budget ->
                                        new StepwisePruning(
                                                scored.calibration(), profile, budget, replay))
                        .toList();
        long models = ways.stream().mapToLong(way -> way.steps().size()).sum();
        try (ProgressBars.Task task =
                run.bars().start(kind.label() + ", seed " + seed, models, "models")) {
            for (StepwisePruning way : ways) {
                for (PruningStep step : way.steps()) {
                    boolean tested = steps.isEmpty() || steps.contains(step.name());
                    task.step(1);
                    if (!tested && step.refits()) {
                        continue;
                    }
                    AblationRun.Timed<PrunedModel> made = AblationRun.timed(() -> way.take(step));
                    if (tested) {
                        run.test(
                                new AblationRun.Made(
                                        seed,
                                        kind.label(),
                                        step.label(),
                                        way.budget(),
                                        null,
                                        made.seconds()),
                                made.result(),
                                scored.calibration());
                    }
                }
            }
        }
    }

    private static PruningProfile profile(
            AblationRun run, AblationRun.Scored scored, Profile kind, long seed) throws Exception {
        return switch (kind) {
            case ESPALIER -> {
                List<ErrorCurve> curves = run.curves(scored, "error curves", seed);
                yield new CurveProfile(scored.calibration(), curves);
            }
            case ROBUST_DIAGONAL -> new DiagonalProfile(scored.calibration());
            case REFERENCE -> {
                String name = "gradients of the reference";
                try (ProgressBars.Task task =
                        run.bars().start(name + ", seed " + seed, 1, "pass")) {
                    PruningProfile published =
                            run.stage(
                                    seed,
                                    name,
                                    () ->
                                            new PublishedProfile(
                                                    scored.calibration(),
                                                    scored.samples(),
                                                    run.threads()));
                    task.step(1);
                    yield published;
                }
            }
        };
    }

    /** Prints table and shared stages. */
    static void print(PrintWriter out, Ablation ablation) {
        AblationTable.of(ablation).print(out);
        out.println();
        TextTable stages = new TextTable("shared by all models", "seed", "seconds");
        for (Ablation.Stage stage : ablation.stages()) {
            stages.row(
                    stage.name(),
                    Long.toString(stage.seed()),
                    String.format(Locale.ROOT, "%.1f", stage.seconds()));
        }
        stages.print(out);
    }
}
