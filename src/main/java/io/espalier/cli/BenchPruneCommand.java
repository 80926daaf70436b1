package io.espalier.cli;

import io.espalier.config.EspalierOptions;
import io.espalier.model.ScorableSample;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The command {@code bench prune}: what a whole decision costs. */
@Command(
        name = "prune",
        description =
                "Measures what a whole decision costs: collecting its statistics, the way from a"
                        + " closed window to candidates by stage, and the same stages at the shape"
                        + " of BERT-base.",
        footer = {
            "",
            "Seconds depend on the machine; the ratios, each from one run, hardly do:",
            "  collecting  time of scoring with the statistics of the default profile over scoring",
            "              without them, micro-batch by micro-batch in turn; median",
            "  decision    the default profile's candidates for macs=0.5, 0.4, 0.3 and 0.2"
                    + " together, over",
            "              the reference profile's for macs=0.5 alone, on the same samples and"
                    + " threads.",
            "              The former is measured before and after the latter, and averaged."
                    + " Scoring,",
            "              and the reference profile's own gradients, are part of neither",
            "Stages of the default profile: rest (sums are closed and packed), curves, allocation,"
                    + " repair,",
            "assemble (files are written and forced to a temporary store, which is removed).",
            "",
            "At the shape of BERT-base (12 layers, hidden 768, 12 heads, 3072 neurons) statistics"
                    + " and weights",
            "are random, made once for each kind of sublayer. One sublayer of each kind is timed"
                    + " on one",
            "thread; the sum for 12 + 12 is arithmetic. Nothing is assembled, as there is no"
                    + " model.",
            "",
            "The reference profile's tuning takes by far the most time: minutes for 2048 samples"
                    + " of a small",
            "model. The launcher's 4 GB of heap are enough for models up to BERT-base's size;"
                    + " native memory",
            "comes to 2 to 3 GB more. The highest use of the heap is printed.",
            "",
            "Examples:",
            "  espalier bench prune --model bert --data train.tsv --samples 256",
            "  espalier bench prune --model bert --data films.tsv,products.tsv --json prune.json"
        })
final class BenchPruneCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "The dense model.")
    private Path model = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            split = ",",
            description =
                    "Labelled text to calibrate on, with a header label<TAB>text[<TAB>text2];"
                            + " several files are drawn from together.")
    private List<Path> data = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Rows to calibrate on (default: ${DEFAULT-VALUE}).")
    private int samples = 2048;

    @Option(
            names = "--threads",
            paramLabel = "P",
            description =
                    "Threads to decide on, and to collect on beside one (default: the number of"
                            + " cores, at most 2).")
    private int threads =
            Math.min(
                    Runtime.getRuntime().availableProcessors(),
                    EspalierOptions.PARALLELISM.defaultValue());

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of what is drawn (default: ${DEFAULT-VALUE}).")
    private long seed = EspalierOptions.SEED.defaultValue();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the numbers to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        Ranges.require(spec, "--samples", samples, 1, 1 << 20);
        Ranges.require(spec, "--threads", threads, 1, 1024);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        PruningCosts costs = measure();
        PrintWriter out = spec.commandLine().getOut();
        costs.print(out);
        out.flush();
        if (json != null) {
            OutputFiles.writeJson(json, costs);
        }
        return 0;
    }

    private PruningCosts measure() throws Exception {
        ProgressBars bars = ProgressBars.onStderr();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        int maxLength = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();
        try (EvaluatedModel dense = EvaluatedModel.dense(model, maxLength)) {
            Labels labels = new Labels(dense.classifier().description().labels());
            CalibrationFiles files = CalibrationFiles.read(data, labels);
            List<ScorableSample> drawn = files.draw(samples, seed, dense.classifier());
            CollectingBench.Result collected =
                    new CollectingBench(dense.classifier(), drawn, pool, seed).run(threads, bars);
            PruningCosts.Decision decision =
                    new DecisionBench(dense, drawn, collected.statistics(), pool, seed).run(bars);
            return new PruningCosts(
                    model.toString(),
                    files.name(),
                    samples,
                    drawn.stream().mapToInt(s -> s.encoding().length()).average().orElseThrow(),
                    threads,
                    collected.loops(),
                    decision,
                    new ShapeBench(seed).run(bars),
                    PruningCosts.heapPeak());
        } finally {
            pool.shutdownNow();
        }
    }
}
