package io.espalier.batch;

import io.espalier.drift.HeldOutAnswers;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.SlimClassifier;
import io.espalier.model.TextClassifier;

import java.util.List;
import java.util.function.Function;

/**
 * Judges models beside the dense one on samples at hand, which may lack labels.
 *
 * <p>Without a sample every figure is NaN. The dense model must stay open.
 */
public final class SampleJudge {

    private final TextClassifier dense;
    private final List<Encoding> encodings;
    private final int[] labels;
    private final float[][] answers;

    /** Runs the dense model over samples. */
    public SampleJudge(TextClassifier dense, List<ScorableSample> samples) {
        this.dense = dense;
        this.encodings = samples.stream().map(ScorableSample::encoding).toList();
        this.labels = samples.stream().mapToInt(ScorableSample::label).toArray();
        this.answers = encodings.isEmpty() ? new float[0][] : dense.logits(encodings);
    }

    /** Number of samples. */
    public int samples() {
        return labels.length;
    }

    /** The answers of the dense model itself. */
    public HeldOutAnswers dense() {
        return new HeldOutAnswers(answers, answers, labels);
    }

    /** The quality of a pruned model in memory. */
    public HeldOutQuality quality(PrunedModel model) {
        try (SlimClassifier classifier = model.open(dense)) {
            return quality(classifier::logits);
        }
    }

    /**
     * The quality of a model.
     *
     * @param model from samples to logits [samples][C]
     */
    public HeldOutQuality quality(Function<List<Encoding>, float[][]> model) {
        return answers(model).quality();
    }

    /**
     * The answers of a model.
     *
     * @param model from samples to logits [samples][C]
     */
    public HeldOutAnswers answers(Function<List<Encoding>, float[][]> model) {
        float[][] logits = encodings.isEmpty() ? answers : model.apply(encodings);
        return new HeldOutAnswers(logits, answers, labels);
    }
}
