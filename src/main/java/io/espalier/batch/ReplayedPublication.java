package io.espalier.batch;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Draft;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.RunFile;
import io.espalier.artifact.SelfCheck;
import io.espalier.model.TextClassifier;
import io.espalier.tuning.RepairOutcome;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Publishes models pruned from samples at hand, each as the first version of its budget.
 *
 * @param store to publish into
 * @param parent directory of the dense model
 * @param parentDigest SHA-256 of its weights
 * @param model id of the model
 * @param window event time of the samples
 * @param samples number of samples decided from
 * @param profile name of the numerics
 * @param loss kind of loss
 * @param statisticsDigest of what all was decided from
 * @param seed of everything that was drawn
 * @param formats in which they are written
 */
public record ReplayedPublication(
        ArtifactStore store,
        Path parent,
        String parentDigest,
        String model,
        Manifest.Window window,
        long samples,
        String profile,
        String loss,
        String statisticsDigest,
        long seed,
        Set<ModelFormat> formats) {

    /**
     * Publishes a model.
     *
     * @return its version
     * @throws io.espalier.artifact.ArtifactException if the version exists with another content
     */
    public String publish(ReplayedModel pruned) throws IOException {
        String version = pruned.budget().version(1);
        CandidateDescription description =
                new CandidateDescription(
                        model,
                        version,
                        model + "/" + version,
                        parentDigest,
                        pruned.model().mask(),
                        pruned.outcomes().stream().map(RepairOutcome::label).toList(),
                        new Manifest.Budget(
                                pruned.budget().toString(),
                                pruned.budget().share(),
                                pruned.share()),
                        window,
                        samples,
                        profile,
                        loss,
                        statisticsDigest,
                        seed,
                        CandidateDescription.TOOL);
        Draft draft = store.draft(description, pruned.model().sublayers(), parent, formats);
        store.commit(draft.complete(check(draft), RunFile.NONE));
        return version;
    }

    private static SelfCheck check(Draft draft) throws IOException {
        try (TextClassifier model = TextClassifier.load(draft.slim())) {
            return SelfChecks.of(model);
        } catch (IOException | RuntimeException e) {
            draft.discard(e);
            throw e;
        }
    }
}
