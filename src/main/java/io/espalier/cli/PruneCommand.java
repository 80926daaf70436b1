package io.espalier.cli;

import org.apache.flink.configuration.Configuration;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.config.Loss;
import io.espalier.config.Profile;
import io.espalier.config.TuningMode;
import io.espalier.cost.Budget;
import io.espalier.stream.BoundedRun;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.type.RawRecord;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code espalier prune}: the pipeline over one file. */
@Command(
        name = "prune",
        description = {
            "Prunes a model to the text of a file, without Kafka.",
            "",
            "The file flows through the very steps of the streaming job: decode, score, fold, decide,"
                    + " tune, assemble, publish. One pass serves all budgets; no retraining.",
            "--profile reference and --sequential run the samples more than once and do without"
                    + " the job; what they publish is of the same form."
        },
        footer = {
            "",
            "Examples:",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.5 --output pruned",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.7,macs=0.3 \\",
            "      --samples 512 --output pruned --json pruned.json",
            "  espalier prune --model bert-sst2 --data train.tsv --budget latency=0.5 \\",
            "      --latency-table latency.json --output pruned",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.3 --sequential \\",
            "      --output pruned",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.5 \\",
            "      --profile reference --output published",
            "",
            "Columns: 'repair' says how output projections were repaired: projection, mask-values,",
            "sequential, one-pass (instead of sequential, where that was further from the dense",
            "model), none (where the repaired model was further from it than the one merely cut) or",
            "published. Accuracy of the dense and the pruned model, agreement and KL",
            "(dense || pruned) are taken on the held-out samples.",
            "",
            "The pruned models lie in OUTPUT/<model>/<version>/: onnx/ for ONNX Runtime, stock/ for",
            "transformers, slim/ and djl/; report.html says what was pruned and what it cost.",
            "'espalier inspect', 'verify' and 'evaluate' read them."
        })
final class PruneCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description =
                    "Hugging Face directory of a BERT classifier: config.json, model.safetensors,"
                            + " tokenizer.json.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description =
                    "Labelled text, tab-separated, with a header: label<TAB>text[<TAB>text2].")
    private Path data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Store of pruned models; made if it is not there.")
    private Path output;

    @Mixin private BudgetOption budgets;

    @Mixin private MethodOption method;

    @Option(
            names = "--sequential",
            description =
                    "Repair projections from the bottom up, over the samples again; profile"
                            + " espalier only. Where the held-out samples prefer the ordinary"
                            + " repair, that one is published.")
    private boolean sequential;

    @Option(
            names = "--round-to",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Keep multiples of N neurons in each layer, or all; profile espalier only"
                            + " (default: ${DEFAULT-VALUE}, what the search offers: multiples of"
                            + " 16 where a layer has 512 neurons or more).")
    private int roundTo;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "2048",
            description =
                    "Rows to calibrate on, drawn without replacement (default: ${DEFAULT-VALUE};"
                            + " all if the file has fewer). One in eight judges the result instead.")
    private int samples;

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            defaultValue = "128",
            description = "Texts are cut after this many tokens (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Tasks that score side by side (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of everything that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the numbers of the table to this file.")
    private @Nullable Path json;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    PruneCommand() {}

    @Override
    public Integer call() throws Exception {
        List<Budget> wanted = budgets.budgets();
        method.check(spec, Profile.values());
        requireAgreement(wanted);
        if (samples < 1) {
            throw new CommandFailure("--samples " + samples + "; needs at least 1");
        }
        OutputFiles.prepareDirectory(output);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        EspalierConfig config = EspalierConfig.from(configuration(wanted));
        Stores.requireFree(
                output, config.model().id(), wanted, "name another folder with --output");
        ParentModel parent = ParentModel.read(config);
        TsvDataset rows = TsvDataset.read(data, new Labels(parent.description().labels()));
        List<TsvDataset.Example> drawn = rows.draw(samples, seed);
        report(
                sequential || method.profile() == Profile.REFERENCE
                        ? new ReplayedPrune(
                                        config, parent, method.profile(), ProgressBars.onStderr())
                                .run(drawn, data)
                        : streamed(config, parent, drawn));
        return 0;
    }

    /** Refuses options that contradict each other. */
    private void requireAgreement(List<Budget> wanted) {
        if (method.profile() == Profile.REFERENCE) {
            BudgetOption.requireMacs(wanted, "name another --profile");
            refuse("--loss", method.loss() == Loss.LABEL_FREE, "supervised gradients");
            refuse(
                    "--tuning",
                    method.tuning() == TuningMode.PROJECTION,
                    "mask-values, as published");
        }
        Ranges.require(spec, "--round-to", roundTo, 0, 4096);
        if (roundTo > 0 && method.profile() != Profile.ESPALIER) {
            throw new CommandFailure(
                    "--round-to is of --profile espalier, not "
                            + method.profile().label()
                            + "; leave one of the two out");
        }
        if (sequential && method.profile() != Profile.ESPALIER) {
            throw new CommandFailure(
                    "--sequential repairs structures of --profile espalier, not "
                            + method.profile().label()
                            + "; leave one of the two out");
        }
        if (sequential && method.tuning() != TuningMode.PROJECTION) {
            throw new CommandFailure(
                    "--sequential solves projections, --tuning asks for "
                            + method.tuning().label()
                            + "; leave one of the two out");
        }
    }

    private void refuse(String option, boolean contradicts, String takes) {
        if (contradicts && spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new CommandFailure(
                    "--profile reference always takes " + takes + "; leave " + option + " out");
        }
    }

    private PruneReport streamed(
            EspalierConfig config, ParentModel parent, List<TsvDataset.Example> drawn)
            throws Exception {
        List<RawRecord> records = CalibrationRecords.of(drawn, String.valueOf(data.getFileName()));
        BoundedRun run;
        try (ScoringProgress progress =
                ScoringProgress.start("score", records.size(), KafkaJob.scorers(config))) {
            run = BoundedRun.of(records, parent, config, progress.scorers());
        }
        ArtifactStore store = ArtifactStore.open(output);
        List<PruneReport.Row> rows = new ArrayList<>();
        for (DriftReport report : run.reports()) {
            if (report.getOutcome() == DriftOutcome.STARVED) {
                throw new CommandFailure(data + ": " + report.getReason());
            }
            String version = report.getVersion();
            Path directory = store.published(config.model().id(), version);
            String repair =
                    report.getSublayersUnrepaired() == parent.description().sublayers().size()
                            ? PruneReport.NO_REPAIR
                            : method.tuning().label();
            rows.add(PruneReport.Row.of(report, version, directory, repair));
        }
        return new PruneReport(
                records.size(),
                config.profile().label(),
                config.loss().label(),
                rows,
                run.deadLetters().stream().map(this::place).toList(),
                List.of());
    }

    private String place(DeadLetter letter) {
        return data + ":" + letter.getOffset() + ": " + letter.getMessage();
    }

    private Configuration configuration(List<Budget> wanted) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, model.toString());
        configuration.set(EspalierOptions.MODEL_ID, modelId(model));
        configuration.set(EspalierOptions.MODEL_MAX_LENGTH, maxLength);
        configuration.set(EspalierOptions.BUDGETS, wanted.stream().map(Budget::toString).toList());
        if (budgets.latencyTable() != null) {
            configuration.set(EspalierOptions.LATENCY_TABLE, budgets.latencyTable().toString());
        }
        if (method.profile() != Profile.REFERENCE) {
            method.numerics().configure(configuration); // A job does not know the reference.
        }
        configuration.set(EspalierOptions.SEARCH_ROUND_TO, roundTo);
        configuration.set(EspalierOptions.WINDOW_MIN_SAMPLES, 1);
        configuration.set(EspalierOptions.PROMOTION_MIN_SAMPLES, 1);
        configuration.set(EspalierOptions.PUBLISH_ROOT, output.toString());
        configuration.set(EspalierOptions.PARALLELISM, parallelism);
        configuration.set(EspalierOptions.SEED, seed);
        return configuration;
    }

    /** A directory's name as an id: lower case, anything unusual a dash. */
    static String modelId(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        String id =
                (name == null ? "" : name.toString())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9._-]", "-")
                        .replaceAll("\\.{2,}", ".")
                        .replaceAll("^[^a-z0-9]+", "");
        return id.isEmpty() ? "model" : id.substring(0, Math.min(id.length(), 64));
    }

    private void report(PruneReport report) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        report.table().print(out);
        out.println();
        report.places().forEach(out::println);
        report.remarks().forEach(out::println);
        for (String sample : report.leftOut()) {
            spec.commandLine().getErr().println("espalier: left out: " + sample);
        }
        if (json != null) {
            OutputFiles.writeJson(json, report.json(model, data));
        }
        out.flush();
    }
}
