package io.espalier.stream.decide;

import io.espalier.artifact.ArtifactException;
import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Candidates;
import io.espalier.artifact.StagedModel;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Loading candidates that another task publishes at the same time. */
class StagedModelsTest {

    @TempDir private Path directory;
    private Path parent;
    private ArtifactStore store;
    private StagedModel staged;

    @BeforeEach
    void stage() throws IOException {
        parent = TinyBert.write(directory.resolve("parent"));
        store = ArtifactStore.open(directory.resolve("store"));
        staged = Candidates.of(parent, "macs0.50-000001", 7).stageIn(store);
    }

    @Test
    void aCandidateThatIsPublishedWhileItIsReadIsJudgedAllTheSame() throws Exception {
        HeldOutQuality undisturbed = judge(TextClassifier::load);
        HeldOutQuality disturbed =
                judge(
                        path -> {
                            store.commit(staged);
                            return TextClassifier.load(path);
                        });
        assertThat(disturbed).isEqualTo(undisturbed);
        assertThat(judge(TextClassifier::load)).isEqualTo(undisturbed);
    }

    @Test
    void aCandidateThatIsNowhereIsNamedWithTheRemedy() {
        assertThatThrownBy(
                        () ->
                                judge(
                                        path -> {
                                            store.discard(staged);
                                            return TextClassifier.load(path);
                                        }))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("has no tiny-bert/macs0.50-000001, published or staged")
                .hasMessageContaining("start from newer state");
    }

    private HeldOutQuality judge(StagedModels.Loader loader) throws IOException {
        try (TextClassifier dense = TextClassifier.load(parent);
                TextClassifier candidate = new StagedModels(store, loader).load(staged)) {
            List<ScorableSample> samples =
                    List.of(
                            new ScorableSample("a", dense.encode("w7 w9", null), 0),
                            new ScorableSample("b", dense.encode("w11", null), 2));
            return new HeldOutJudge(dense, samples).of(candidate).quality();
        }
    }
}
