package io.espalier.cli;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.Sha256;
import io.espalier.config.EspalierOptions;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;

/** The command {@code evaluate}: what pruning cost and what it saved, on labelled text. */
@Command(
        name = "evaluate",
        description =
                "Compares pruned models with their dense model on labelled text: accuracy, cost,"
                        + " size and time.",
        footer = {
            "",
            "The table has one line for each model, the dense one first:",
            "  accuracy %%   samples whose class has the largest logit",
            "  KL, nats     mean Kullback-Leibler divergence of the model from the dense one",
            "  MACs         share of the dense encoder's multiply-accumulates, at the lengths of"
                    + " this data",
            "  parameters   numbers in the weights file; MB is its size (10^6 bytes)",
            "  latency ms   median time of a batch in one thread; 'of dense' is its ratio to the"
                    + " dense one",
            "",
            "FILE.tsv has a header label<TAB>text[<TAB>text2] and an example a line; a label is a"
                    + " class name of",
            "the model or its index.",
            "",
            "Examples:",
            "  espalier evaluate --model bert --data test.tsv",
            "  espalier evaluate --model bert --pruned out/bert/* --data test.tsv --json test.json"
        })
public final class EvaluateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description =
                    "The dense model: config.json, model.safetensors and tokenizer.json, as Hugging"
                            + " Face saves them.")
    private Path model = Path.of("");

    @Option(
            names = "--pruned",
            paramLabel = "DIR",
            arity = "1..*",
            description =
                    "Models pruned from it: published versions, whose files are verified against"
                            + " their manifest, or bare slim directories.")
    private List<Path> pruned = List.of();

    @Option(
            names = "--data",
            paramLabel = "FILE.tsv",
            required = true,
            description = "Labelled examples.")
    private Path data = Path.of("");

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            description = "Tokens after which texts are cut (default: ${DEFAULT-VALUE}).")
    private int maxLength = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();

    @Option(
            names = "--batch",
            paramLabel = "SAMPLES",
            description =
                    "Consecutive samples that are timed together (default: ${DEFAULT-VALUE}).")
    private int batch = 8;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the numbers to a file.")
    private @Nullable Path json;

    @Option(
            names = "--record",
            description =
                    "Also write each published version's accuracy into its run.json, for 'verify"
                            + " --data'.")
    private boolean record;

    @Override
    public Integer call() throws IOException {
        Ranges.require(spec, "--max-length", maxLength, 4, 8192);
        Ranges.require(spec, "--batch", batch, 1, 1024);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        Deque<EvaluatedModel> open = new ArrayDeque<>();
        try {
            EvaluatedModel dense = EvaluatedModel.dense(model, maxLength);
            open.add(dense);
            for (Path directory : pruned) {
                open.add(EvaluatedModel.pruned(directory, dense, maxLength));
            }
            Evaluation evaluation = evaluate(dense.classifier(), List.copyOf(open));
            PrintWriter out = spec.commandLine().getOut();
            out.println(evaluation.head());
            evaluation.table().print(out);
            if (json != null) {
                OutputFiles.writeJson(json, evaluation);
            }
            if (record) {
                record(evaluation);
            }
            return 0;
        } finally {
            open.forEach(EvaluatedModel::close);
        }
    }

    private void record(Evaluation evaluation) throws IOException {
        String digest = Sha256.of(data.toRealPath());
        for (int i = 0; i < pruned.size(); i++) {
            if (Files.exists(pruned.get(i).resolve(Manifest.FILE))) {
                double accuracy = evaluation.models().get(i + 1).accuracy(); // The dense is first.
                new RecordedAccuracy(
                                data.toString(), digest, maxLength, evaluation.samples(), accuracy)
                        .record(pruned.get(i));
            }
        }
    }

    private Evaluation evaluate(TextClassifier dense, List<EvaluatedModel> models)
            throws IOException {
        TsvDataset dataset = TsvDataset.read(data, new Labels(dense.description().labels()));
        List<Encoding> encodings = new ArrayList<>();
        for (TsvDataset.Example example : dataset.examples()) {
            encodings.add(dense.encode(example.text(), example.pair()));
        }
        int[] labels = dataset.examples().stream().mapToInt(TsvDataset.Example::label).toArray();
        return new Evaluator(models, encodings, labels)
                .run(data.toString(), batch, ProgressBars.onStderr());
    }
}
