package io.espalier.testing;

import io.espalier.fisher.GradientRow;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SampleHash;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A scorer without a model: everything it adds is a small dyadic rational, a function of (sample
 * id, sublayer, unit) alone. Every double sum of it is exact, so statistics are equal bit for bit
 * whatever the order, the grouping or the number of tasks.
 *
 * <pre>
 *   gradient   k 2^-10, |k| <= 1024      squares: multiples of 2^-20, at most 1
 *   token      one a sample, of weight k / 4, k = 1..4, and entries k / 32, |k| <= 32
 *   metric     one output gradient a sample, of entries k / 8, |k| <= 8
 * </pre>
 *
 * <p>The length of a sample is made up as well, 1 to 32; its encoding and its label are not read.
 */
public final class SyntheticScorer implements SampleScorer {

    /** Order of the output metrics. */
    public static final int HIDDEN = TinyBert.HIDDEN;

    private static final int LENGTHS = 32;

    private final List<Sublayer> sublayers;
    private final LossKind loss;
    private final int gradientRows;
    private final long seed;
    private List<SublayerStatistics> open;

    /** A scorer of these sublayers that keeps some gradient rows of each. */
    public SyntheticScorer(List<Sublayer> sublayers, int gradientRows, long seed) {
        this(sublayers, LossKind.TRUE_FISHER, gradientRows, seed);
    }

    /** The same, whose statistics say that they are of another loss. */
    public SyntheticScorer(List<Sublayer> sublayers, LossKind loss, int gradientRows, long seed) {
        this.sublayers = List.copyOf(sublayers);
        this.loss = loss;
        this.gradientRows = gradientRows;
        this.seed = seed;
        this.open = empty(sublayers, loss, gradientRows);
    }

    /** What any number of scorers together make of samples of these ids. */
    public static List<SublayerStatistics> statisticsOf(
            List<Sublayer> sublayers, int gradientRows, long seed, Collection<String> ids) {
        return statisticsOf(sublayers, LossKind.TRUE_FISHER, gradientRows, seed, ids);
    }

    /** The same of another loss. */
    public static List<SublayerStatistics> statisticsOf(
            List<Sublayer> sublayers,
            LossKind loss,
            int gradientRows,
            long seed,
            Collection<String> ids) {
        List<SublayerStatistics> statistics = empty(sublayers, loss, gradientRows);
        for (String id : ids) {
            add(statistics, sublayers, seed, id);
        }
        return statistics;
    }

    /** The gradient [units] of a sample. */
    public static float[] gradient(Sublayer sublayer, long seed, String id) {
        long base = mix(SampleHash.of(id, seed) ^ sublayer.id().hashCode());
        float[] gradient = new float[sublayer.units()];
        for (int unit = 0; unit < gradient.length; unit++) {
            gradient[unit] = steps(base, unit, 1024) / 1024f;
        }
        return gradient;
    }

    @Override
    public List<Unscorable> score(List<ScorableSample> samples) {
        for (ScorableSample sample : samples) {
            add(open, sublayers, seed, sample.id());
        }
        return List.of();
    }

    @Override
    public List<SublayerStatistics> drain() {
        List<SublayerStatistics> drained = open;
        open = empty(sublayers, loss, gradientRows);
        return drained;
    }

    @Override
    public void close() {}

    private static List<SublayerStatistics> empty(
            List<Sublayer> sublayers, LossKind loss, int gradientRows) {
        List<SublayerStatistics> statistics = new ArrayList<>();
        for (int i = 0; i < sublayers.size(); i++) {
            statistics.add(new SublayerStatistics(i, sublayers.get(i), loss, HIDDEN, gradientRows));
        }
        return statistics;
    }

    private static void add(
            List<SublayerStatistics> statistics, List<Sublayer> sublayers, long seed, String id) {
        long hash = SampleHash.of(id, seed);
        int length = 1 + Math.floorMod(mix(hash), LENGTHS);
        for (int s = 0; s < sublayers.size(); s++) {
            Sublayer sublayer = sublayers.get(s);
            GradientRow row = new GradientRow(hash, gradient(sublayer, seed, id));
            statistics.get(s).addSample(length, List.of(row));
            addMetric(statistics.get(s), sublayer, hash);
            addToken(statistics.get(s), sublayer, hash);
        }
    }

    private static void addMetric(SublayerStatistics statistics, Sublayer sublayer, long hash) {
        long base = mix(hash + sublayer.id().hashCode());
        double[] products = new double[HIDDEN];
        for (int i = 0; i < HIDDEN; i++) {
            for (int j = i; j < HIDDEN; j++) {
                products[j] = steps(base, i, 8) / 64.0 * steps(base, j, 8);
            }
            statistics.metric().addRow(i, products, i);
        }
    }

    private static void addToken(SublayerStatistics statistics, Sublayer sublayer, long hash) {
        int width = sublayer.inputWidth();
        long base = mix(~hash ^ sublayer.id().hashCode());
        double weight = (1 + Math.floorMod(base, 4)) / 4.0;
        double[] x = new double[width];
        double[] weighted = new double[width];
        for (int i = 0; i < width; i++) {
            x[i] = steps(base, i, 32) / 32.0;
            weighted[i] = weight * x[i];
        }
        statistics.moments().addSums(weight, weighted);
        double[] products = new double[width];
        for (int i = 0; i < width; i++) {
            for (int j = i; j < width; j++) {
                products[j] = weighted[i] * x[j];
            }
            statistics.moments().addGramRow(i, products, i);
        }
    }

    /** A whole number in [-largest, largest]. */
    private static int steps(long base, int index, int largest) {
        return Math.floorMod(mix(base + index), 2 * largest + 1) - largest;
    }

    /** The 64-bit finaliser of MurmurHash3 behind a Weyl step, so that 0 is not fixed. */
    private static long mix(long value) {
        long x = value + 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
        x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return x ^ (x >>> 33);
    }
}
