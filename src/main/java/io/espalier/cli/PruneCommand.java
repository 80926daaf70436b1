package io.espalier.cli;

import org.apache.flink.configuration.Configuration;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.cost.Budget;
import io.espalier.stream.BoundedRun;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.type.RawRecord;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.Quality;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code espalier prune}: the pipeline over one file. */
@Command(
        name = "prune",
        description = {
            "Prunes a model to the text of a file, without Kafka.",
            "",
            "The file flows through the very steps of the streaming job: decode, score, fold, decide,"
                    + " tune, assemble, publish. One pass serves all budgets; no retraining."
        },
        footer = {
            "",
            "Examples:",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.5 --output pruned",
            "  espalier prune --model bert-sst2 --data train.tsv --budget macs=0.7,macs=0.3 \\",
            "      --samples 512 --output pruned --json pruned.json",
            "  espalier prune --model bert-sst2 --data train.tsv --budget latency=0.5 \\",
            "      --latency-table latency.json --output pruned",
            "",
            "The pruned models lie in OUTPUT/<model>/<version>/: slim/ is the model, manifest.json",
            "says what it is, masks/mask.json which units it keeps. 'espalier evaluate' loads them."
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
        List<RawRecord> records = CalibrationRecords.of(rows.draw(samples, seed), data.toString());
        BoundedRun run;
        try (ScoringProgress progress =
                ScoringProgress.start("score", records.size(), KafkaJob.scorers(config))) {
            run = BoundedRun.of(records, parent, config, progress.scorers());
        }
        report(run, config, records.size());
        return 0;
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
        configuration.set(EspalierOptions.WINDOW_MIN_SAMPLES, 1);
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

    private void report(BoundedRun run, EspalierConfig config, int records) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ArtifactStore store = ArtifactStore.open(output);
        List<Map<String, Object>> entries = new ArrayList<>();
        TextTable table =
                new TextTable(
                        "budget",
                        "cost kept",
                        "heads",
                        "neurons",
                        "unrepaired",
                        "held out",
                        "dense",
                        "pruned",
                        "KL to dense",
                        "model");
        for (DriftReport report : run.reports()) {
            if (report.getOutcome() != DriftOutcome.PUBLISHED) {
                throw new CommandFailure(data + ": " + report.getReason());
            }
            Path directory = store.published(config.model().id(), report.getVersion());
            table.row(
                    report.getBudget(),
                    percent(report.getCostAchieved()),
                    report.getHeads().getKept() + "/" + report.getHeads().getUnits(),
                    report.getNeurons().getKept() + "/" + report.getNeurons().getUnits(),
                    Integer.toString(report.getSublayersUnrepaired()),
                    Long.toString(report.getHeldOutSamples()),
                    accuracy(report.getDense()),
                    accuracy(report.getPruned()),
                    divergence(report.getPruned()),
                    directory.toString());
            entries.add(entry(report, directory));
        }
        table.print(out);
        for (DeadLetter letter : run.deadLetters()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "espalier: "
                                    + letter.getTopic()
                                    + ":"
                                    + letter.getOffset()
                                    + ": left out: "
                                    + letter.getMessage());
        }
        if (json != null) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("model", config.model().directory().toString());
            all.put("data", data.toString());
            all.put("samples", records);
            all.put("leftOut", run.deadLetters().size());
            all.put("models", entries);
            OutputFiles.writeJson(json, all);
        }
        out.flush();
    }

    private static Map<String, Object> entry(DriftReport report, Path directory) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("budget", report.getBudget());
        entry.put("version", report.getVersion());
        entry.put("directory", directory.toString());
        entry.put("costShare", report.getCostAchieved());
        entry.put("headsKept", report.getHeads().getKept());
        entry.put("heads", report.getHeads().getUnits());
        entry.put("neuronsKept", report.getNeurons().getKept());
        entry.put("neurons", report.getNeurons().getUnits());
        entry.put("sublayersUnrepaired", report.getSublayersUnrepaired());
        entry.put("scoredSamples", report.getSamples());
        entry.put("heldOutSamples", report.getHeldOutSamples());
        putQuality(entry, "dense", report.getDense());
        putQuality(entry, "pruned", report.getPruned());
        return entry;
    }

    private static void putQuality(
            Map<String, Object> entry, String role, @Nullable Quality quality) {
        if (quality != null) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("accuracy", quality.getAccuracy());
            values.put("loss", quality.getLoss());
            values.put("divergence", quality.getDivergence());
            entry.put(role, values);
        }
    }

    private static String accuracy(@Nullable Quality quality) {
        return quality == null ? "-" : percent(quality.getAccuracy());
    }

    private static String divergence(@Nullable Quality quality) {
        return quality == null ? "-" : String.format(Locale.ROOT, "%.4f", quality.getDivergence());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
