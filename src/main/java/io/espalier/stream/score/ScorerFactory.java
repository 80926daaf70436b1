package io.espalier.stream.score;

import io.espalier.fisher.LossKind;
import io.espalier.model.SampleScorer;
import io.espalier.model.TextClassifier;

import java.io.Serializable;

/** Makes the scorer of one task; the seam for scorers whose sums are known exactly. */
@FunctionalInterface
public interface ScorerFactory extends Serializable {

    /**
     * A scorer over a model that stays open for as long as the scorer does.
     *
     * @param loss whose gradients it takes
     */
    SampleScorer create(TextClassifier model, LossKind loss);
}
