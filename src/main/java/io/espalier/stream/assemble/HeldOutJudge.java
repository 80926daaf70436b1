package io.espalier.stream.assemble;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.StagedModel;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Judges models on one window's held-out samples. Pruned models are loaded from the directories
 * that are published, so what is judged is what users load.
 */
final class HeldOutJudge {

    private final ArtifactStore store;
    private final List<Encoding> encodings;
    private final int[] labels;
    private final float[][] dense;

    /**
     * A judge over held-out samples.
     *
     * @param samples at least one
     */
    HeldOutJudge(TextClassifier parent, ArtifactStore store, List<ScorableSample> samples) {
        this.store = store;
        this.encodings = samples.stream().map(ScorableSample::encoding).toList();
        this.labels = samples.stream().mapToInt(ScorableSample::label).toArray();
        this.dense = parent.logits(encodings);
    }

    /** The quality of a candidate beside the parent and an earlier candidate. */
    Comparison compare(StagedModel first, StagedModel candidate) throws IOException {
        HeldOutQuality pruned = judge(candidate);
        return new Comparison(
                HeldOutQuality.of(dense, dense, labels),
                first.equals(candidate) ? pruned : judge(first),
                pruned);
    }

    private HeldOutQuality judge(StagedModel staged) throws IOException {
        try (TextClassifier model = TextClassifier.load(slim(staged))) {
            return HeldOutQuality.of(model.logits(encodings), dense, labels);
        }
    }

    private Path slim(StagedModel staged) throws IOException {
        Path slim = store.locate(staged).resolve("slim");
        // Its commit may have moved it since.
        return Files.isDirectory(slim) ? slim : store.locate(staged).resolve("slim");
    }
}
