package io.espalier.drift;

/**
 * How well a classifier does on held-out samples, beside the dense model.
 *
 * @param samples number of samples
 * @param labelled how many of them have a label
 * @param accuracy share of the labelled ones whose largest logit is the label's, in [0, 1]; NaN
 *     without any
 * @param loss mean cross-entropy of the labelled ones, nats; NaN without any
 * @param agreement share of all samples whose largest logit is that of the dense model
 * @param divergence mean Kullback-Leibler divergence KL(dense || this), nats; 0 for the dense model
 */
public record HeldOutQuality(
        int samples,
        int labelled,
        double accuracy,
        double loss,
        double agreement,
        double divergence) {

    /**
     * The quality of given logits.
     *
     * @param logits [samples][C] of the model
     * @param dense [samples][C] of the dense model on the same samples
     * @param labels [samples], in [0, C), or -1 where it is not known
     */
    public static HeldOutQuality of(float[][] logits, float[][] dense, int[] labels) {
        if (logits.length != labels.length || dense.length != labels.length) {
            throw new IllegalArgumentException(
                    logits.length
                            + " and "
                            + dense.length
                            + " rows of logits for "
                            + labels.length
                            + " labels");
        }
        int labelled = 0;
        int right = 0;
        int agreeing = 0;
        double loss = 0;
        double divergence = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] logP = logSoftmax(logits[i]);
            double[] logDense = logSoftmax(dense[i]);
            int said = argMax(logits[i]);
            agreeing += said == argMax(dense[i]) ? 1 : 0;
            if (labels[i] >= 0) {
                labelled++;
                right += said == labels[i] ? 1 : 0;
                loss -= logP[labels[i]];
            }
            for (int c = 0; c < logP.length; c++) {
                divergence += Math.exp(logDense[c]) * (logDense[c] - logP[c]);
            }
        }
        double n = labels.length;
        return new HeldOutQuality(
                labels.length,
                labelled,
                (double) right / labelled,
                loss / labelled,
                agreeing / n,
                divergence / n);
    }

    /** Index of the largest value, the first of equals. */
    static int argMax(float[] row) {
        int best = 0;
        for (int c = 1; c < row.length; c++) {
            best = row[c] > row[best] ? c : best;
        }
        return best;
    }

    private static double[] logSoftmax(float[] row) {
        double max = row[argMax(row)];
        double sum = 0;
        for (float value : row) {
            sum += Math.exp(value - max);
        }
        double[] logs = new double[row.length];
        for (int c = 0; c < logs.length; c++) {
            logs[c] = row[c] - max - Math.log(sum);
        }
        return logs;
    }
}
