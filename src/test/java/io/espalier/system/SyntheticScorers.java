package io.espalier.system;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.LossKind;
import io.espalier.model.SampleScorer;
import io.espalier.model.TextClassifier;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.testing.SyntheticScorer;

/** Makes synthetic scorers on TaskManagers. */
final class SyntheticScorers implements ScorerFactory {

    private static final long serialVersionUID = 1L;

    private final int rows;
    private final long seed;

    SyntheticScorers(EspalierConfig config) {
        this.rows = config.statistics().gradientRows();
        this.seed = config.seed();
    }

    @Override
    public SampleScorer create(TextClassifier model, LossKind loss) {
        return new SyntheticScorer(model.description().sublayers(), rows, seed);
    }
}
