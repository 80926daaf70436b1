package io.espalier.stream.decide;

import io.espalier.batch.PrunedModel;
import io.espalier.batch.SampleJudge;
import io.espalier.drift.HeldOutAnswers;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;

import java.util.List;

/** Judges models on one window's held-out samples. */
final class HeldOutJudge {

    private final SampleJudge judge;

    /**
     * A judge over held-out samples.
     *
     * @param samples at least one
     */
    HeldOutJudge(TextClassifier parent, List<ScorableSample> samples) {
        this.judge = new SampleJudge(parent, samples);
    }

    /** Mean divergence of a model that is not written anywhere from the parent, nats. */
    double divergence(PrunedModel pruned) {
        return judge.quality(pruned).divergence();
    }

    /** The dense parent's answers. */
    HeldOutAnswers dense() {
        return judge.dense();
    }

    /** A loaded model's answers. */
    HeldOutAnswers of(TextClassifier model) {
        return judge.answers(model::logits);
    }
}
