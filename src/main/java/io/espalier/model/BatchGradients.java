package io.espalier.model;

import io.espalier.fisher.LossKind;
import io.espalier.mask.Sublayer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Mean mask gradients of batches of consecutive samples, and nothing else: the rows that the
 * published method decides from.
 *
 * <p>A row is the mean over a batch of the samples' own gradients of the supervised loss, {@code
 * -ln p_y} for any number of classes, with all masks at 1. Which samples share a pass does not
 * matter, so long batches are split by length. Stateless; batches run side by side on threads that
 * are lent, and the result does not depend on their number.
 */
public final class BatchGradients {

    private static final int PASS_TOKENS = 1024;

    private BatchGradients() {}

    /**
     * The rows of all batches, in order of arrival.
     *
     * @param model a dense one
     * @param samples in order of arrival
     * @param batch samples in a row; the last may have fewer
     * @param progress told the number of samples of each batch that is done, from any thread
     * @return for each sublayer its rows [M][units]
     * @throws ArithmeticException if a gradient is not finite
     */
    public static List<List<float[]>> rows(
            TextClassifier model,
            List<ScorableSample> samples,
            int batch,
            ExecutorService threads,
            IntConsumer progress)
            throws InterruptedException {
        List<Callable<float[][]>> tasks = new ArrayList<>();
        for (int from = 0; from < samples.size(); from += batch) {
            int start = from;
            int end = Math.min(samples.size(), from + batch);
            tasks.add(
                    () -> {
                        float[][] row = row(model, samples, start, end);
                        progress.accept(end - start);
                        return row;
                    });
        }
        List<float[][]> batches = SideBySide.run(threads, tasks);
        List<List<float[]>> rows = new ArrayList<>();
        for (int s = 0; s < model.description().sublayers().size(); s++) {
            int sublayer = s;
            rows.add(batches.stream().map(row -> row[sublayer]).toList());
        }
        return rows;
    }

    /** The mean gradients [sublayer][units] of one batch. */
    private static float[][] row(
            TextClassifier model, List<ScorableSample> samples, int start, int end) {
        List<ScorableSample> batch = samples.subList(start, end);
        List<Encoding> encodings = batch.stream().map(ScorableSample::encoding).toList();
        List<Sublayer> sublayers = model.description().sublayers();
        double[][] sums = new double[sublayers.size()][];
        for (int s = 0; s < sums.length; s++) {
            sums[s] = new double[sublayers.get(s).units()];
        }
        for (int[] indices : LengthSorted.batches(encodings, PASS_TOKENS)) {
            pass(model, IntStream.of(indices).mapToObj(batch::get).toList(), sums);
        }
        float[][] row = new float[sums.length][];
        for (int s = 0; s < sums.length; s++) {
            row[s] = mean(sums[s], end - start);
            for (float g : row[s]) {
                if (!Float.isFinite(g)) {
                    throw new ArithmeticException(
                            "mask gradient of '%s' over samples %s to %s is not finite"
                                    .formatted(sublayers.get(s).id(), start, end - 1));
                }
            }
        }
        return row;
    }

    private static float[] mean(double[] sum, int count) {
        float[] mean = new float[sum.length];
        for (int u = 0; u < mean.length; u++) {
            mean[u] = (float) (sum[u] / count);
        }
        return mean;
    }

    /** Adds the gradients of some samples of a batch. */
    private static void pass(TextClassifier model, List<ScorableSample> samples, double[][] sums) {
        List<Sublayer> sublayers = model.description().sublayers();
        LossPass.run(
                model,
                samples,
                LossKind.SUPERVISED,
                0,
                (s, inputs, inputGradient, residualGradient) -> {
                    int width = sublayers.get(s).unitWidth();
                    float[] sum = inputGradient.muli(inputs).sum(new int[] {0}).toFloatArray();
                    for (int i = 0; i < sum.length; i++) {
                        sums[s][i / width] += sum[i];
                    }
                });
    }
}
