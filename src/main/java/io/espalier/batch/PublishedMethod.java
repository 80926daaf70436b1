package io.espalier.batch;

import io.espalier.artifact.Folding;
import io.espalier.batch.PublishedResult.Solve;
import io.espalier.cost.MacCost;
import io.espalier.fisher.ResidualMoments;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.BatchGradients;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenWeights;
import io.espalier.model.TwoStreams;
import io.espalier.search.PublishedSearch;
import io.espalier.search.Rearrangement;
import io.espalier.tuning.MaskValueSystem;
import io.espalier.tuning.PublishedTuning;
import io.espalier.tuning.PublishedTuning.Solution;
import io.espalier.tuning.PublishedTuning.Verdict;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The published method to the letter (Kwon et al., NeurIPS 2022, and its implementation), profile
 * {@code reference}: for comparison in bounded runs, flaws included.
 *
 * <p>Rows are mean gradients of batches of 32 consecutive labelled samples, importance is their sum
 * of squares. A teacher mask is searched at the root of the share, a student mask at the share; the
 * student's is rearranged in one sweep without ridge. Then the sublayers are tuned from the bottom
 * up: the student's mask values are fitted to the teacher's residual sum at all tokens, in the last
 * FFN at the first token. Inside its own FFN target the teacher uses all neurons; its neuron mask
 * acts on what it passes on. The heads of layer 0 are not tuned, empty sublayers are skipped, and
 * the first solve that is not accepted ends the tuning: earlier values stay, later units are
 * binary.
 *
 * <p>Where the implementation is undefined (exactly one kept neuron, a NaN) the solve's record
 * names it and tuning ends there too. Gradients are shared by all budgets. Not thread-safe; works
 * on threads that are lent, whose number does not change the result.
 */
public final class PublishedMethod {

    /** Samples in a batch, whose mean gradient is a row. */
    public static final int BATCH = 32;

    private final TextClassifier dense;
    private final List<Encoding> samples;
    private final ExecutorService threads;
    private final List<Sublayer> sublayers;
    private final PublishedSearch search;
    private final String digest;
    private final List<Rearrangement> rearrangements = new ArrayList<>();

    /**
     * Scores the samples.
     *
     * @param dense stays open as long as this is used
     * @param samples labelled, in order of arrival
     * @param cost at the task's nominal length
     * @param threads to work on
     * @param progress told the number of samples of each batch that is scored, from any thread
     * @throws IllegalArgumentException if every gradient is 0
     * @throws ArithmeticException if a gradient is not finite
     */
    public PublishedMethod(
            TextClassifier dense,
            List<ScorableSample> samples,
            MacCost cost,
            ExecutorService threads,
            IntConsumer progress)
            throws InterruptedException {
        this.dense = dense;
        this.samples = samples.stream().map(ScorableSample::encoding).toList();
        this.threads = threads;
        this.sublayers = dense.description().sublayers();
        List<List<float[]>> rows = BatchGradients.rows(dense, samples, BATCH, threads, progress);
        double[][] importance = new double[sublayers.size()][];
        for (int s = 0; s < importance.length; s++) {
            importance[s] = squares(rows.get(s));
            rearrangements.add(new Rearrangement(rows.get(s), 0, 1));
        }
        this.search = new PublishedSearch(sublayers, importance, cost);
        this.digest = digest(rows);
    }

    private static String digest(List<List<float[]>> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (List<float[]> sublayer : rows) {
                for (float[] row : sublayer) {
                    ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES);
                    bytes.asFloatBuffer().put(row);
                    digest.update(bytes);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** SHA-256 of the gradients that all is decided from, hexadecimal. */
    String digest() {
        return digest;
    }

    private static double[] squares(List<float[]> rows) {
        double[] sum = new double[rows.get(0).length];
        for (float[] row : rows) {
            for (int u = 0; u < sum.length; u++) {
                sum[u] += (double) row[u] * row[u];
            }
        }
        return sum;
    }

    /**
     * Prunes to a share of the MACs.
     *
     * @param share to keep, in (0, 1]
     */
    public PublishedResult prune(double share) throws InterruptedException {
        return prune(share, (sublayer, system) -> {}, () -> {});
    }

    /** Prunes and tells of each sublayer that is tuned or passed over. */
    PublishedResult prune(double share, Runnable progress) throws InterruptedException {
        return prune(share, (sublayer, system) -> {}, progress);
    }

    /** Prunes and shows each system before it is solved, with its sublayer's index. */
    PublishedResult prune(double share, BiConsumer<Integer, MaskValueSystem> observer)
            throws InterruptedException {
        return prune(share, observer, () -> {});
    }

    private PublishedResult prune(
            double share, BiConsumer<Integer, MaskValueSystem> observer, Runnable progress)
            throws InterruptedException {
        PruningMask teacher = teacher(share);
        PruningMask searched = search(share);
        PruningMask rearranged = rearrange(searched);
        List<Solve> solves = new ArrayList<>();
        PruningMask tuned = tuned(teacher, rearranged, solves, observer, progress);
        return new PublishedResult(share, teacher, searched, rearranged, tuned, solves);
    }

    private PruningMask teacher(double share) {
        return search.search(Math.sqrt(share));
    }

    /** The first step alone: the binary mask of a share, which it may exceed. */
    public PruningMask search(double share) {
        return search.search(share);
    }

    /** The second step alone: a searched mask, rearranged. */
    public PruningMask rearrange(PruningMask searched) {
        float[][] values = new float[sublayers.size()][];
        for (int s = 0; s < values.length; s++) {
            float[] row = searched.values(s);
            int[] pruned = IntStream.range(0, row.length).filter(u -> row[u] == 0f).toArray();
            Arrays.fill(row, 1f);
            for (int unit : rearrangements.get(s).prune(pruned)) {
                row[unit] = 0f;
            }
            values[s] = row;
        }
        return PruningMask.of(sublayers, values);
    }

    /** The third step alone: the tuned values of the rearranged mask of a share. */
    public PruningMask tune(double share, PruningMask rearranged) throws InterruptedException {
        return tuned(
                teacher(share), rearranged, new ArrayList<>(), (sublayer, system) -> {}, () -> {});
    }

    private PruningMask tuned(
            PruningMask teacher,
            PruningMask student,
            List<Solve> solves,
            BiConsumer<Integer, MaskValueSystem> observer,
            Runnable progress)
            throws InterruptedException {
        float[][] values = new float[sublayers.size()][];
        Arrays.setAll(values, student::values);
        List<int[]> all = List.of(IntStream.range(0, samples.size()).toArray());
        try (TwoStreams streams = new TwoStreams(dense, samples, all, threads)) {
            for (int s = 0; s < values.length; s++) {
                Sublayer sublayer = sublayers.get(s);
                Projection projection = dense.projection(s);
                Projection binary = Folding.fold(sublayer, projection, values[s]).projection();
                int[] kept = student.keptUnits(s);
                ResidualMoments moments =
                        streams.meet(target(teacher, s), teacher.values(s), kept, binary, weights())
                                .get(0);
                if (s > 0 && kept.length > 0) {
                    MaskValueSystem system = MaskValueSystem.of(sublayer, binary, moments);
                    observer.accept(s, system);
                    Solution solution = PublishedTuning.solve(system);
                    solves.add(
                            new Solve(
                                    sublayer.id(),
                                    system.order(),
                                    solution.reason(),
                                    solution.verdict()));
                    if (solution.verdict() != Verdict.ACCEPTED) {
                        break;
                    }
                    for (int i = 0; i < kept.length; i++) {
                        values[s][kept[i]] = solution.values()[i];
                    }
                }
                streams.advance(
                        new Projection(
                                binary.inputs(),
                                binary.outputs(),
                                scaled(binary, sublayer, kept, values[s]),
                                binary.bias()));
                progress.run();
            }
        }
        return PruningMask.of(sublayers, values);
    }

    /** A tuned value of exactly 0 keeps its column here, so that the kept inputs stay the same. */
    private static float[] scaled(
            Projection binary, Sublayer sublayer, int[] kept, float[] values) {
        float[] weight = binary.weight().clone();
        for (int i = 0; i < weight.length; i++) {
            weight[i] *= values[kept[i % binary.inputs() / sublayer.unitWidth()]];
        }
        return weight;
    }

    private float[] target(PruningMask teacher, int sublayer) {
        return sublayers.get(sublayer).kind() == SublayerKind.FFN
                ? PruningMask.dense(sublayers).values(sublayer)
                : teacher.values(sublayer);
    }

    /** All tokens count alike; in the last FFN the first of each sample alone. */
    private TokenWeights weights() {
        int last = sublayers.size() - 1;
        return (sublayer, sample, tokens) -> {
            float[] weights = new float[tokens];
            Arrays.fill(weights, 0, sublayer == last ? 1 : tokens, 1f);
            return weights;
        };
    }
}
