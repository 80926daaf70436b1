package io.espalier.cli;

import io.espalier.config.EspalierOptions;
import io.espalier.model.TextClassifier;
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

/** The command {@code bench score}: how near scoring is to what the machine's products allow. */
@Command(
        name = "score",
        description =
                "Measures scoring, which is where the job spends its time: samples, tokens and"
                        + " GFLOP a second, beside the machine's matrix products of the same shapes.",
        footer = {
            "",
            "GFLOP are two for each multiply-add that scoring cannot do without. For a sample of T"
                    + " tokens,",
            "hidden size d and k inputs of a sublayer's output projection these are",
            "              forward            backward           moments",
            "  attention   4 T d k + 2 T^2 k  4 T d k + 4 T^2 k  T k (k+1)/2",
            "  FFN         2 T d k            2 T d k            T k (k+1)/2",
            "less what no gradient reaches: in the first attention all but the projection, in the"
                    + " last",
            "layer all tokens but the first. Moments count one triangle.",
            "",
            "The ceiling is the rate of these products alone, whole squares for the moments, through"
                    + " the",
            "same engine and in turn with the scorer. Figures are medians over micro-batches; those"
                    + " of",
            "several threads are sums. The job is the Flink job in this JVM on the same samples,"
                    + " tokenised",
            "and decoded as they come, from a task's first micro-batch to its last.",
            "",
            "Examples:",
            "  espalier bench score --model bert",
            "  espalier bench score --model bert --data train.tsv --samples 1024 --json score.json"
        })
final class BenchScoreCommand implements Callable<Integer> {

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
            paramLabel = "FILE.tsv",
            description =
                    "Labelled examples; without it, made-up sentences of 5 to 45 common words, all"
                            + " lengths equally often.")
    private @Nullable Path data;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Samples to score (default: ${DEFAULT-VALUE}).")
    private int samples = 512;

    @Option(
            names = "--threads",
            paramLabel = "P",
            description =
                    "Threads, and tasks of the job, to measure beside one (default: the number of"
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
        Ranges.require(spec, "--samples", samples, 1, 1_000_000);
        Ranges.require(spec, "--threads", threads, 1, 1024);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        int maxLength = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();
        try (EvaluatedModel dense = EvaluatedModel.dense(model, maxLength)) {
            TextClassifier classifier = dense.classifier();
            List<TsvDataset.Example> examples =
                    examples(new Labels(classifier.description().labels()));
            ScoringReport report =
                    new ScoringBench(model, classifier, examples, threads, seed)
                            .run(ProgressBars.onStderr());
            PrintWriter out = spec.commandLine().getOut();
            out.println(report.head());
            report.table().print(out);
            out.println(report.foot());
            out.flush();
            if (json != null) {
                OutputFiles.writeJson(json, report);
            }
        }
        return 0;
    }

    private List<TsvDataset.Example> examples(Labels labels) throws Exception {
        if (data == null) {
            return MadeUpText.examples(samples, labels.names().size(), seed);
        }
        return TsvDataset.read(data, labels).draw(samples, seed);
    }
}
