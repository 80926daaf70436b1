package io.espalier.cli;

import io.espalier.cost.Budget;
import io.espalier.cost.MacCost;
import io.espalier.fisher.GradientRow;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureSearch;
import io.espalier.tuning.ProjectionRepair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Times the stages of a decision at the shape of BERT-base, on one thread and made-up statistics:
 * Wishart-like moments whose spectrum falls, like those of real activations.
 */
final class ShapeBench {

    private static final int LAYERS = 12;
    private static final int HIDDEN = 768;
    private static final int HEADS = 12;
    private static final int NEURONS = 3072;
    private static final double MEAN_LENGTH = 64;

    private final Random random;

    /** A bench whose statistics are drawn with a seed. */
    ShapeBench(long seed) {
        this.random = new Random(seed);
    }

    /** Measures one attention and one feed-forward sublayer, and the allocation of all. */
    PruningCosts.Shape run(ProgressBars bars) {
        try (ProgressBars.Task task = bars.start("shape of BERT-base", 3, "parts")) {
            Timed attention = new Timed(sublayer(0, SublayerKind.ATTENTION));
            task.step(1);
            Timed ffn = new Timed(sublayer(0, SublayerKind.FFN));
            task.step(1);
            List<Sublayer> sublayers = new ArrayList<>();
            List<ErrorCurve> curves = new ArrayList<>();
            for (int layer = 0; layer < LAYERS; layer++) {
                sublayers.add(sublayer(layer, SublayerKind.ATTENTION));
                curves.add(scaled(attention.curve, layer + 1));
                sublayers.add(sublayer(layer, SublayerKind.FFN));
                curves.add(scaled(ffn.curve, layer + 1));
            }
            Laps laps = new Laps();
            MacCost cost = MacCost.ofLength(HIDDEN, MEAN_LENGTH);
            StructureSearch search = new StructureSearch(sublayers, curves, counted -> cost);
            List<PruningMask> masks = new ArrayList<>();
            for (Budget budget : DecisionBench.BUDGETS) {
                masks.add(search.search(budget).mask());
            }
            laps.lap("allocation");
            attention.repair(masks.stream().map(mask -> mask.values(0)).toList());
            ffn.repair(masks.stream().map(mask -> mask.values(1)).toList());
            task.step(1);
            return PruningCosts.Shape.of(
                    LAYERS,
                    HIDDEN,
                    HEADS,
                    NEURONS,
                    attention.laps.stages(),
                    ffn.laps.stages(),
                    laps.stages().get(0).seconds());
        }
    }

    private static Sublayer sublayer(int layer, SublayerKind kind) {
        boolean attention = kind == SublayerKind.ATTENTION;
        String id = layer + "/" + kind.label();
        return new Sublayer(
                id,
                kind,
                layer,
                attention ? HEADS : NEURONS,
                attention ? HIDDEN / HEADS : 1,
                List.of(id + "/in"),
                id + "/out");
    }

    /** The curve of a layer where errors weigh more. */
    private static ErrorCurve scaled(ErrorCurve curve, double factor) {
        double[] errors = Arrays.stream(curve.errors()).map(error -> factor * error).toArray();
        return new ErrorCurve(curve.order(), curve.removed(), errors);
    }

    /** A sublayer with random statistics and weights, and its times. */
    private final class Timed {

        private final Sublayer sublayer;
        private final Projection dense;
        private final RestingMoments rest;
        private final ErrorCurve curve;
        private final Laps laps;

        /** Draws statistics and weights, closes the former and works out the curve. */
        private Timed(Sublayer sublayer) {
            this.sublayer = sublayer;
            int k = sublayer.inputWidth();
            float[] weight = new float[HIDDEN * k];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = (float) (random.nextGaussian() / Math.sqrt(k));
            }
            this.dense = new Projection(k, HIDDEN, weight, new float[HIDDEN]);
            SublayerStatistics statistics = statistics(sublayer);
            this.laps = new Laps();
            this.rest = statistics.rest();
            laps.lap("rest");
            this.curve = CurveSearch.of(sublayer, rest.moments(), rest.meanMetric(), dense);
            laps.lap("curves");
        }

        private void repair(List<float[]> masks) {
            ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best());
            Laps all = new Laps();
            for (float[] mask : masks) {
                repair.repair(sublayer, rest.moments(), dense, mask);
            }
            all.lap("repair");
            laps.add(all.stages().get(0));
        }
    }

    private SublayerStatistics statistics(Sublayer sublayer) {
        SublayerStatistics statistics =
                new SublayerStatistics(0, sublayer, LossKind.TRUE_FISHER, HIDDEN, 0);
        int k = sublayer.inputWidth();
        int tokens = 2 * k;
        double[] gram = wishart(tokens, k);
        statistics.moments().addSums(tokens, new double[k]);
        for (int i = 0; i < k; i++) {
            statistics.moments().addGramRow(i, gram, i * k + i);
        }
        double[] metric = wishart(2 * HIDDEN, HIDDEN);
        for (int i = 0; i < HIDDEN; i++) {
            statistics.metric().addRow(i, metric, i * HIDDEN + i);
        }
        GradientRow gradient = new GradientRow(0, new float[sublayer.units()]);
        statistics.addSample(tokens, List.of(gradient));
        return statistics;
    }

    /** X'X [k, k] of random rows with a common part, whose columns shrink. */
    private double[] wishart(int rows, int k) {
        double[] x = new double[rows * k];
        double[] transposed = new double[rows * k];
        for (int t = 0; t < rows; t++) {
            double shared = random.nextGaussian();
            for (int i = 0; i < k; i++) {
                double scale = 1 / Math.sqrt(1 + 16.0 * i / k);
                double value = scale * (random.nextGaussian() + 0.5 * shared);
                x[t * k + i] = value;
                transposed[i * rows + t] = value;
            }
        }
        return DenseProduct.multiply(transposed, x, k, rows, k);
    }
}
