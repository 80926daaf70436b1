package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.artifact.RunFile;
import io.espalier.cost.Workload;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The command {@code bench latency}: what pruning saves in time, and the table to search by. */
@Command(
        name = "latency",
        description =
                "Measures how long whole models take in ONNX Runtime and in DJL, or, with --table,"
                        + " how long each sublayer takes at every width: what budgets like"
                        + " latency=0.5@b8s64 count.",
        footer = {
            "",
            "All models take turns, one thread each, so that a machine that is busy for a while"
                    + " slows them all.",
            "  ms         median of a call, and its quartiles",
            "  speed-up   median over the rounds of the first model's time in terms of this one's",
            "  MACs       multiply-accumulates of the units at that length, relative to the first"
                    + " model",
            "  of ideal   speed-up in terms of 1 / MACs",
            "The second table says where time goes in ONNX Runtime on the middle batch and length;"
                    + " what is",
            "'beyond ideal' adds up to what the speed-up lacks.",
            "",
            "--table measures each number of heads and 33 numbers of neurons in ONNX Runtime, and"
                    + " takes lower",
            "quartiles, for what a busy machine adds is not the model's; times between these are"
                    + " linear. The last layer, which computes first tokens alone, has times of its"
                    + " own. Choose batch and length like those of the traffic.",
            "",
            "Examples:",
            "  espalier bench latency --model bert pruned/bert/macs0.50-000001 --record",
            "  espalier bench latency --model bert --batch 1,8 --length 64 --table latency.json",
            "  espalier prune --model bert --data train.tsv --budget latency=0.5@b8s64 \\",
            "      --latency-table latency.json --output pruned"
        })
final class BenchLatencyCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            arity = "1..*",
            required = true,
            description =
                    "Models: the dense one, then published versions or slim directories that were"
                            + " pruned from it.")
    private List<Path> directories = List.of();

    @Option(
            names = "--length",
            paramLabel = "T",
            split = ",",
            defaultValue = "16,64,128",
            description =
                    "Tokens of a sequence, at most the model's positions (default:"
                            + " ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--batch",
            paramLabel = "B",
            split = ",",
            defaultValue = "1,8,32",
            description = "Sequences of a call (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            split = ",",
            defaultValue = LatencyBench.ONNX_RUNTIME + "," + LatencyBench.DJL,
            description = "What the models run in (default: ${DEFAULT-VALUE}).")
    private List<String> engines = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Calls that each median is of (default: ${DEFAULT-VALUE}).")
    private int rounds = 21;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the figures of whole models to a file.")
    private @Nullable Path json;

    @Option(
            names = "--record",
            description =
                    "Also write the figures of each published version into its run.json, where"
                            + " reports find them.")
    private boolean record;

    @Option(
            names = "--table",
            paramLabel = "FILE",
            description =
                    "Measure the sublayers of the one model that is named instead, and write the"
                            + " table for --latency-table.")
    private @Nullable Path table;

    @Override
    public Integer call() throws Exception {
        batches.forEach(batch -> Ranges.require(spec, "--batch", batch, 1, 1024));
        lengths.forEach(length -> Ranges.require(spec, "--length", length, 1, 8192));
        for (String engine : engines) {
            Ranges.requireOneOf(
                    spec, "--engine", engine, LatencyBench.ONNX_RUNTIME, LatencyBench.DJL);
        }
        Ranges.require(spec, "--rounds", rounds, 1, 100_000);
        for (Path file : Stream.of(json, table).flatMap(Stream::ofNullable).toList()) {
            OutputFiles.prepareFile(file);
        }
        Path scratch = Files.createTempDirectory("espalier-bench");
        try {
            return table == null ? models(scratch) : sublayers(table, scratch);
        } finally {
            delete(scratch);
        }
    }

    private int models(Path scratch) throws IOException {
        List<TimedModel> models = new ArrayList<>();
        for (Path directory : directories) {
            models.add(TimedModel.of(directory, scratch));
            models.get(0).requireKin(models.get(models.size() - 1));
        }
        requirePositions(models.get(0));
        if (record) {
            requirePublished(models);
        }
        List<Workload> workloads = workloads();
        long calls = LatencyBench.calls(models.size(), engines.size(), workloads.size(), rounds);
        LatencyFigures figures;
        try (ProgressBars.Task task = ProgressBars.onStderr().start("timing", calls, "calls")) {
            Workload middle =
                    new Workload(batches.get(batches.size() / 2), lengths.get(lengths.size() / 2));
            figures =
                    new LatencyBench(models, engines, rounds, task).run(workloads, middle, scratch);
        }
        print(figures);
        if (json != null) {
            OutputFiles.writeJson(json, figures);
        }
        if (record) {
            for (TimedModel model : models) {
                record(model, figures);
            }
        }
        return 0;
    }

    private void print(LatencyFigures figures) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(figures.head());
        out.println();
        figures.table().print(out);
        LatencyFigures.Parts parts = figures.parts();
        if (parts != null && !parts.rows().isEmpty()) {
            out.println();
            out.println(
                    "Where time goes in ONNX Runtime, batch %d, length %d:"
                            .formatted(parts.batch(), parts.length()));
            LatencyFigures.table(parts).print(out);
        }
        out.flush();
    }

    private void requirePublished(List<TimedModel> models) {
        if (models.stream().noneMatch(TimedModel::published)) {
            throw new CommandFailure(
                    "--record: none of "
                            + directories
                            + " is a published version with a manifest.json; leave it out");
        }
    }

    /** Adds the figures to what a version's record has. */
    private static void record(TimedModel model, LatencyFigures figures) throws IOException {
        if (!model.published()) {
            return;
        }
        Path file = model.directory().resolve(RunFile.FILE);
        ObjectMapper json = new ObjectMapper();
        JsonNode before = Files.exists(file) ? json.readTree(file.toFile()) : null;
        ObjectNode run = before instanceof ObjectNode object ? object : json.createObjectNode();
        run.set("latency", json.valueToTree(figures.of(model.name())));
        OutputFiles.writeJson(file, run);
    }

    private int sublayers(Path file, Path scratch) throws IOException {
        if (directories.size() > 1 || record || json != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--table measures the sublayers of one --model; leave out --record, --json and"
                            + " other models");
        }
        TimedModel model = TimedModel.of(directories.get(0), scratch);
        requirePositions(model);
        SublayerTimes times;
        long calls = SublayerTimes.calls(model.config(), workloads().size(), rounds);
        try (ProgressBars.Task task = ProgressBars.onStderr().start("timing", calls, "calls")) {
            times = SublayerTimes.measure(model.config(), workloads(), rounds, task);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(times.head());
        out.println();
        times.table().print(out);
        OutputFiles.writeJson(file, times);
        return 0;
    }

    private List<Workload> workloads() {
        return batches.stream()
                .distinct()
                .flatMap(
                        batch ->
                                lengths.stream()
                                        .distinct()
                                        .map(length -> new Workload(batch, length)))
                .toList();
    }

    private void requirePositions(TimedModel model) {
        for (int length : lengths) {
            Ranges.require(spec, "--length", length, 1, model.config().positions());
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }
}
