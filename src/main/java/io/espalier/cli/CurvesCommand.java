package io.espalier.cli;

import io.espalier.batch.Calibration;
import io.espalier.batch.StatisticsPass;
import io.espalier.cost.CostModels;
import io.espalier.mask.Sublayer;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.search.ErrorCurve;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;

/** {@code espalier curves}: what each sublayer of a model is worth to some traffic. */
@Command(
        name = "curves",
        description = {
            "Shows what each sublayer of a model is worth to some text.",
            "",
            "Scores the text once and prints, for every attention and feed-forward block, the loss"
                    + " that is predicted when it keeps only its best units and its output"
                    + " projection is solved anew. Nothing is published."
        },
        footer = {
            "",
            "The loss is the divergence from the dense model, in nats a sample, to second order;"
                    + " losses of",
            "sublayers add up. A block whose last column is small can go as a whole.",
            "",
            "Examples:",
            "  espalier curves --model bert --data train.tsv",
            "  espalier curves --model bert --data a.tsv,b.tsv --samples 512 --svg curves.svg --json"
                    + " curves.json"
        })
final class CurvesCommand implements Callable<Integer> {

    private static final double[] KEPT = {0.75, 0.5, 0.25, 0.1, 0};

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
            description = "Text with a header label<TAB>text[<TAB>text2].")
    private List<Path> data;

    @Mixin private CalibrationOption calibration;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Also draw the curves to a file that any browser shows.")
    private @Nullable Path svg;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write every point of the curves, and the order in which units go.")
    private @Nullable Path json;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    CurvesCommand() {}

    @Override
    public Integer call() throws Exception {
        calibration.check(spec);
        for (Path file : new Path[] {svg, json}) {
            if (file != null) {
                OutputFiles.prepareFile(file);
            }
        }
        try (TextClassifier dense = TextClassifier.load(model, calibration.maxLength())) {
            List<Sublayer> sublayers = dense.description().sublayers();
            List<ErrorCurve> curves = curves(dense, sublayers);
            table(sublayers, curves).print(spec.commandLine().getOut());
            if (svg != null) {
                Files.writeString(svg, CurvesPlot.of(sublayers, curves));
            }
            if (json != null) {
                OutputFiles.writeJson(json, entries(sublayers, curves));
            }
        }
        return 0;
    }

    private List<ErrorCurve> curves(TextClassifier dense, List<Sublayer> sublayers)
            throws Exception {
        CalibrationFiles files =
                CalibrationFiles.read(data, new Labels(dense.description().labels()));
        long seed = calibration.seeds().get(0);
        List<ScorableSample> samples = files.draw(calibration.samples(), seed, dense);
        ProgressBars bars = ProgressBars.onStderr();
        StatisticsPass pass;
        try (ProgressBars.Task task = bars.start("scoring", samples.size(), "samples")) {
            pass =
                    StatisticsPass.over(
                            dense,
                            samples,
                            calibration.scoring(dense.description(), seed),
                            calibration.parallelism(),
                            ForkJoinPool.commonPool(),
                            task::step);
        }
        try (ProgressBars.Task task = bars.start("error curves", sublayers.size(), "sublayers")) {
            return new Calibration(
                            dense,
                            pass.statistics(),
                            CostModels.counted(dense.description().hidden()),
                            ForkJoinPool.commonPool())
                    .curves(() -> task.step(1));
        }
    }

    private static TextTable table(List<Sublayer> sublayers, List<ErrorCurve> curves) {
        List<String> titles = new ArrayList<>(List.of("sublayer", "units"));
        for (double kept : KEPT) {
            titles.add(String.format(Locale.ROOT, "keeping %.0f %%", 100 * kept));
        }
        TextTable table = new TextTable(titles.toArray(String[]::new));
        for (int s = 0; s < curves.size(); s++) {
            Sublayer sublayer = sublayers.get(s);
            List<String> cells = new ArrayList<>();
            cells.add("layer " + sublayer.layer() + " " + sublayer.kind().label());
            cells.add(Integer.toString(sublayer.units()));
            for (double kept : KEPT) {
                cells.add(String.format(Locale.ROOT, "%.5f", error(curves.get(s), kept)));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    /** The error of the first option that keeps at most a share of the units. */
    private static double error(ErrorCurve curve, double kept) {
        int option = 0;
        while (curve.kept(option) > kept * curve.order().length) {
            option++;
        }
        return curve.errors()[option];
    }

    private static List<Map<String, Object>> entries(
            List<Sublayer> sublayers, List<ErrorCurve> curves) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (int s = 0; s < curves.size(); s++) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("sublayer", sublayers.get(s).id());
            entry.put("units", sublayers.get(s).units());
            entry.put("order", curves.get(s).order());
            entry.put("removed", curves.get(s).removed());
            entry.put("errors", curves.get(s).errors());
            entries.add(entry);
        }
        return entries;
    }
}
