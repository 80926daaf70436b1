package io.espalier.stream.assemble;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.StagedModel;
import io.espalier.batch.PrunedModel;
import io.espalier.batch.SampleJudge;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Judges models on one window's held-out samples. Pruned models are loaded from the directories
 * that are published, so what is judged is what users load.
 */
final class HeldOutJudge {

    private static final String SLIM = "slim";

    private final ArtifactStore store;
    private final Loader loader;
    private final SampleJudge judge;

    /**
     * A judge over held-out samples.
     *
     * @param samples at least one
     */
    HeldOutJudge(TextClassifier parent, ArtifactStore store, List<ScorableSample> samples) {
        this(parent, store, samples, TextClassifier::load);
    }

    /** A judge that loads models in a way of the caller's. */
    HeldOutJudge(
            TextClassifier parent,
            ArtifactStore store,
            List<ScorableSample> samples,
            Loader loader) {
        this.store = store;
        this.loader = loader;
        this.judge = new SampleJudge(parent, samples);
    }

    /** Loads the model of a directory. */
    @FunctionalInterface
    interface Loader {

        /** Loads a model that the caller closes. */
        TextClassifier load(Path directory) throws IOException;
    }

    /** Mean divergence of a model that is not written anywhere from the parent, nats. */
    double divergence(PrunedModel pruned) {
        return judge.quality(pruned).divergence();
    }

    /** The quality of a candidate beside the parent and an earlier candidate. */
    Comparison compare(StagedModel first, StagedModel candidate) throws IOException {
        HeldOutQuality pruned = judge(candidate);
        return new Comparison(
                judge.dense(), first.equals(candidate) ? pruned : judge(first), pruned);
    }

    private HeldOutQuality judge(StagedModel staged) throws IOException {
        try (TextClassifier model = load(staged)) {
            return judge.quality(model::logits);
        }
    }

    /** A commit may move the files while they are read, but only once. */
    private TextClassifier load(StagedModel staged) throws IOException {
        Path place = store.locate(staged);
        try {
            return loader.load(place.resolve(SLIM));
        } catch (IOException e) {
            Path now = store.locate(staged);
            if (now.equals(place)) {
                throw e;
            }
            return loader.load(now.resolve(SLIM));
        }
    }
}
