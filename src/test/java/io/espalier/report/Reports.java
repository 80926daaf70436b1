package io.espalier.report;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.report.PruningReport.Budget;
import io.espalier.report.PruningReport.Change;
import io.espalier.report.PruningReport.Comparison;
import io.espalier.report.PruningReport.Decision;
import io.espalier.report.PruningReport.Drift;
import io.espalier.report.PruningReport.Format;
import io.espalier.report.PruningReport.PredictedErrors;
import io.espalier.report.PruningReport.Qualities;
import io.espalier.report.PruningReport.Quality;
import io.espalier.report.PruningReport.Totals;
import io.espalier.report.PruningReport.Window;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Reports on an encoder of four layers with 12 heads of 32 and 512 neurons each: the lower layers
 * keep most, layer 3 has no heads.
 */
public final class Reports {

    static final int HIDDEN = 384;

    private static final int STEP = 16;
    private static final int LAYERS = 4;
    private static final int HEADS = 12;
    private static final int NEURONS = 512;
    private static final double[] SHARES = {0.95, 0.8, 0.4, 0.03};

    private Reports() {}

    /** The encoder's sublayers. */
    static List<Sublayer> sublayers() {
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "bert.encoder.layer." + layer + ".";
            sublayers.add(
                    new Sublayer(
                            prefix + "attention",
                            SublayerKind.ATTENTION,
                            layer,
                            HEADS,
                            32,
                            List.of(prefix + "q", prefix + "k", prefix + "v"),
                            prefix + "o"));
            sublayers.add(
                    new Sublayer(
                            prefix + "ffn",
                            SublayerKind.FFN,
                            layer,
                            NEURONS,
                            1,
                            List.of(prefix + "in"),
                            prefix + "out"));
        }
        return sublayers;
    }

    /** A mask drawn by a seed; numbers of neurons are multiples of 16. */
    static PruningMask mask(long seed) {
        Random random = new Random(seed);
        List<Sublayer> sublayers = sublayers();
        float[][] values = new float[sublayers.size()][];
        for (int s = 0; s < values.length; s++) {
            Sublayer sublayer = sublayers.get(s);
            boolean empty = sublayer.kind() == SublayerKind.ATTENTION && sublayer.layer() == 3;
            values[s] = new float[sublayer.units()];
            int step = sublayer.kind() == SublayerKind.FFN ? STEP : 1;
            long kept = step * Math.round(SHARES[sublayer.layer()] * sublayer.units() / step);
            List<Integer> order = new ArrayList<>();
            for (int unit = 0; unit < sublayer.units(); unit++) {
                order.add(unit);
            }
            Collections.shuffle(order, random);
            for (int i = 0; i < kept && !empty; i++) {
                values[s][order.get(i)] = 1f;
            }
        }
        return PruningMask.of(sublayers, values);
    }

    static List<SublayerReport> sublayerReports() {
        List<String> repairs = new ArrayList<>(Collections.nCopies(2 * LAYERS, "resolved"));
        List<List<String>> refusals = new ArrayList<>(Collections.nCopies(2 * LAYERS, List.of()));
        repairs.set(6, "bias-only");
        refusals.set(6, List.of("weights: no unit is kept"));
        return SublayerReport.of(mask(5), HIDDEN, repairs, refusals);
    }

    /** Decided because of drift, judged with labels and promoted; stock could not be written. */
    public static PruningReport promoted() {
        Quality dense = new Quality(256, 256, 0.90625, 0.2211, 1.0, 0.0);
        Quality live = new Quality(256, 256, 0.8711, 0.3391, 0.9197, 0.0871);
        Quality candidate = new Quality(256, 256, 0.898438, 0.2290, 0.984375, 0.010412345);
        return new PruningReport(
                PruningReport.FORMAT,
                "reviews",
                "macs0.50-000017",
                "espalier 0.1.0",
                "sha256:" + "0f".repeat(32),
                new Window(1_763_730_000_000L, 1_763_733_600_000L, 2048, 1711.4, 256, 24.31),
                new Budget("macs=0.5", 0.5, 0.498712345, STEP),
                new Decision(
                        "reviews/macs0.50-000017",
                        "espalier",
                        "true-fisher",
                        "drift",
                        "re-mask",
                        Outcome.PROMOTED,
                        "drift: level drift, distance of heads 0.0812 (noise 0.0431)",
                        new PredictedErrors(0.0871, 0.0312, 0.0123)),
                List.of(
                        new Drift("attention", 0.871, 3.21, 0.0812, 0.0431, 0.191),
                        new Drift("ffn", 0.912, 5.22, 0.1022, 0.0512, 0.264)),
                new Qualities(
                        dense,
                        live,
                        candidate,
                        new Comparison(
                                "accuracy",
                                256,
                                -0.0273,
                                -0.0041,
                                0.01,
                                "accuracy 0.0273 above the live model's on 256 samples")),
                totals(),
                sublayerReports(),
                List.of(
                        Format.written("slim", 55_012_345),
                        Format.omitted("stock", "layer 3 has no heads and no LayerNorm"),
                        Format.written("onnx", 105_000_000),
                        Format.written("djl", 105_700_000),
                        Format.written("masks", 61_234)));
    }

    /** The first of its budget, from a file, with nobody to judge it. */
    public static PruningReport unjudged() {
        PruningReport judged = promoted();
        return new PruningReport(
                PruningReport.FORMAT,
                "reviews",
                "macs0.30-000001",
                judged.tool(),
                judged.parent(),
                new Window(0, 3_600_000, 887, 887, 0, 24.31),
                new Budget("macs=0.3", 0.3, 0.29991, 1),
                decision("first", Outcome.REJECTED, "first: level learning"),
                List.of(new Drift("attention", Double.NaN, 3.21, null, null, null)),
                Qualities.UNKNOWN,
                judged.totals(),
                judged.sublayers(),
                judged.formats());
    }

    static Decision decision(String trigger, Outcome outcome, String reason) {
        return new Decision(
                "reviews/decision",
                "espalier",
                "true-fisher",
                trigger,
                "re-mask",
                outcome,
                reason,
                new PredictedErrors(Double.NaN, Double.NaN, 0.0123));
    }

    /** The promoted report with another decision and sublayers. */
    static PruningReport with(Decision decision, Qualities quality, List<SublayerReport> blocks) {
        PruningReport of = promoted();
        return new PruningReport(
                of.format(),
                of.model(),
                of.version(),
                of.tool(),
                of.parent(),
                of.window(),
                of.budget(),
                decision,
                of.drift(),
                quality,
                of.totals(),
                blocks,
                of.formats());
    }

    private static Totals totals() {
        return new Totals(
                new Change(33_360_770, 22_612_300),
                new Change(522_800_000, 259_300_000),
                new Change(66_744_684, 53_976_540));
    }
}
