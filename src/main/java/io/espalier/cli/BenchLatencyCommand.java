package io.espalier.cli;

import io.espalier.config.EspalierOptions;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.ModelDescription;
import io.espalier.model.SublayerPasses;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** The command {@code bench latency}: the table that latency budgets count. */
@Command(
        name = "latency",
        description =
                "Measures how long one attention and one feed-forward sublayer of a model take at"
                        + " every width, on this machine: the table that budgets like latency=0.5"
                        + " count.",
        footer = {
            "",
            "Each number of heads is measured, and 33 numbers of neurons; times between these are"
                    + " linear.",
            "All widths take turns on made-up activations through the forward pass's own code, so"
                    + " that a",
            "machine that is busy for a while slows them all. Figures are medians.",
            "",
            "Choose batch and length like those of the traffic: narrow sublayers save less where"
                    + " there is",
            "little to multiply.",
            "",
            "Example:",
            "  espalier bench latency --model bert --batch 8 --length 64 --json latency.json",
            "  espalier prune --model bert --data train.tsv --budget latency=0.5 \\",
            "      --latency-table latency.json --output pruned"
        })
final class BenchLatencyCommand implements Callable<Integer> {

    private static final int NEURON_WIDTHS = 32;
    private static final int WARM_UP = 3;

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
            names = "--length",
            paramLabel = "T",
            description =
                    "Tokens of a sequence, at most the model's positions (default:"
                            + " ${DEFAULT-VALUE}).")
    private int length = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();

    @Option(
            names = "--batch",
            paramLabel = "B",
            description = "Sequences that are run together (default: ${DEFAULT-VALUE}).")
    private int batch = 1;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Times that each median is of (default: ${DEFAULT-VALUE}).")
    private int rounds = 31;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the table to this file, for --latency-table.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        Ranges.require(spec, "--batch", batch, 1, 1024);
        Ranges.require(spec, "--rounds", rounds, 1, 100_000);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        try (EvaluatedModel dense = EvaluatedModel.dense(model, Integer.MAX_VALUE)) {
            ModelDescription description = dense.classifier().description();
            Ranges.require(spec, "--length", length, 1, description.positions());
            LatencyReport report;
            try (SublayerPasses passes = new SublayerPasses(dense.classifier(), batch, length)) {
                report = measure(passes, description);
            }
            PrintWriter out = spec.commandLine().getOut();
            report.table().print(out);
            out.flush();
            if (json != null) {
                OutputFiles.writeJson(json, report);
            }
        }
        return 0;
    }

    private LatencyReport measure(SublayerPasses passes, ModelDescription description) {
        int heads = units(description, SublayerKind.ATTENTION);
        List<Integer> headWidths = IntStream.rangeClosed(1, heads).boxed().toList();
        List<Integer> neuronWidths = widths(units(description, SublayerKind.FFN));
        List<Runnable> runs = new ArrayList<>();
        headWidths.forEach(kept -> runs.add(passes.pass(SublayerKind.ATTENTION, kept)));
        neuronWidths.forEach(kept -> runs.add(passes.pass(SublayerKind.FFN, kept)));
        InterleavedTimes times;
        long total = (long) runs.size() * (WARM_UP + rounds);
        try (ProgressBars.Task task = ProgressBars.onStderr().start("timing", total, "passes")) {
            times =
                    InterleavedTimes.measure(
                            runs.stream().map(run -> timed(run, task)).toList(), WARM_UP, rounds);
        }
        return new LatencyReport(
                model.toString(),
                batch,
                length,
                rounds,
                headWidths,
                neuronWidths,
                LatencyReport.interpolated(headWidths, medians(times, 0, heads)),
                LatencyReport.interpolated(
                        neuronWidths, medians(times, heads, neuronWidths.size())));
    }

    private static InterleavedTimes.Task timed(Runnable run, ProgressBars.Task task) {
        return round -> {
            run.run();
            task.step(1);
        };
    }

    private static List<Double> medians(InterleavedTimes times, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> times.medianSeconds(i) * 1e3)
                .toList();
    }

    private static int units(ModelDescription description, SublayerKind kind) {
        return description.sublayers().stream()
                .filter(sublayer -> sublayer.kind() == kind)
                .mapToInt(Sublayer::units)
                .findFirst()
                .orElseThrow();
    }

    /** 1 and multiples of a step up to all. */
    private static List<Integer> widths(int units) {
        int step = (units + NEURON_WIDTHS - 1) / NEURON_WIDTHS;
        return IntStream.concat(
                        IntStream.of(1),
                        IntStream.rangeClosed(1, NEURON_WIDTHS).map(i -> Math.min(i * step, units)))
                .distinct()
                .boxed()
                .toList();
    }
}
