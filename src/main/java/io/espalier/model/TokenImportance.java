package io.espalier.model;

import io.espalier.fisher.LossKind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * Token weights by importance, the same as the statistics', for all tokens of samples at hand.
 *
 * <pre>
 *   w_t = 0.9 |g_t|^2 / mean_t' |g_t'|^2 + 0.1      mean over the sample's own tokens
 * </pre>
 *
 * with g_t the gradient of the sample's loss, or losses, at the sublayer's output. One forward and
 * one backward pass for each loss; 4 bytes a token and sublayer are kept.
 */
public final class TokenImportance implements TokenWeights {

    private static final int PASS_TOKENS = 1024;

    /** The part of a weight that does not depend on importance. */
    private static final float FLOOR = 0.1f;

    private final float[][][] weights; // [sublayer][sample][token]

    private TokenImportance(float[][][] weights) {
        this.weights = weights;
    }

    /**
     * Weighs the tokens.
     *
     * @param model a dense one
     * @param loss whose gradients count
     * @param seed of drawn classes
     * @param threads to work on; their number does not change the result
     * @throws ArithmeticException if a gradient is not finite
     */
    public static TokenImportance of(
            TextClassifier model,
            List<ScorableSample> samples,
            LossKind loss,
            long seed,
            ExecutorService threads)
            throws InterruptedException {
        float[][][] weights = new float[model.description().sublayers().size()][samples.size()][];
        List<Encoding> encodings = samples.stream().map(ScorableSample::encoding).toList();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int[] batch : LengthSorted.batches(encodings, PASS_TOKENS)) {
            tasks.add(
                    () -> {
                        fill(model, samples, batch, loss, seed, weights);
                        return true;
                    });
        }
        SideBySide.run(threads, tasks);
        return new TokenImportance(weights);
    }

    private static void fill(
            TextClassifier model,
            List<ScorableSample> all,
            int[] batch,
            LossKind loss,
            long seed,
            float[][][] weights) {
        List<ScorableSample> samples = Arrays.stream(batch).mapToObj(all::get).toList();
        float[][] squares = new float[weights.length][];
        LossPass.run(
                model,
                samples,
                loss,
                seed,
                (s, inputs, inputGradient, residualGradient) -> {
                    float[] own = residualGradient.square().sum(new int[] {1}).toFloatArray();
                    squares[s] = squares[s] == null ? own : sum(squares[s], own);
                });
        for (int s = 0; s < squares.length; s++) {
            int start = 0;
            for (int i = 0; i < batch.length; i++) {
                int end = start + samples.get(i).encoding().length();
                weights[s][batch[i]] = weights(squares[s], start, end, samples.get(i));
                start = end;
            }
        }
    }

    private static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static float[] weights(float[] squares, int start, int end, ScorableSample sample) {
        double sum = 0;
        for (int t = start; t < end; t++) {
            sum += squares[t];
        }
        if (!Double.isFinite(sum)) {
            throw new ArithmeticException("gradient of sample '" + sample.id() + "' is not finite");
        }
        // The tiny constant guards a sample whose gradient is zero.
        double mean = sum / (end - start) + Float.MIN_NORMAL;
        float[] weights = new float[end - start];
        for (int t = start; t < end; t++) {
            weights[t - start] = (float) ((1 - FLOOR) * squares[t] / mean + FLOOR);
        }
        return weights;
    }

    @Override
    public float[] of(int sublayer, int sample, int tokens) {
        return weights[sublayer][sample].clone();
    }
}
