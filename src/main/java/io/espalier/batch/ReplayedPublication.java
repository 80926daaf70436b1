package io.espalier.batch;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Draft;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.RunFile;
import io.espalier.artifact.StagedModel;
import io.espalier.cost.CostModels;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.ModelDescription;
import io.espalier.model.TextClassifier;
import io.espalier.report.Outcome;
import io.espalier.report.PruningReport;
import io.espalier.report.SublayerReport;
import io.espalier.tuning.RepairOutcome;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Publishes models pruned from samples at hand, each as the first version of its budget.
 *
 * @param store to publish into
 * @param parent directory of the dense model
 * @param dense what it is
 * @param lengths of the samples decided from
 * @param judge over the held-out samples
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
        ModelDescription dense,
        SampleLengths lengths,
        SampleJudge judge,
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
                        dense.digest(),
                        pruned.model().mask(),
                        pruned.outcomes().stream().map(RepairOutcome::label).toList(),
                        new Manifest.Budget(
                                pruned.budget().toString(),
                                pruned.budget().share(),
                                pruned.share()),
                        window,
                        samples,
                        samples,
                        List.of(),
                        profile,
                        loss,
                        statisticsDigest,
                        seed,
                        CandidateDescription.TOOL);
        Draft draft = store.draft(description, pruned.model().sublayers(), parent, formats);
        try (TextClassifier slim = TextClassifier.load(draft.slim())) {
            StagedModel staged =
                    draft.complete(
                            written -> report(description, pruned, slim.description(), written),
                            SelfChecks.of(slim),
                            RunFile.NONE);
            store.commit(staged);
            return version;
        } catch (IOException | RuntimeException e) {
            draft.discard(e);
            throw e;
        }
    }

    private PruningReport report(
            CandidateDescription candidate,
            ReplayedModel pruned,
            ModelDescription slim,
            List<PruningReport.Format> written) {
        HeldOutQuality judged = judge.dense().quality();
        return new PruningReport(
                PruningReport.FORMAT,
                model,
                candidate.version(),
                candidate.tool(),
                "sha256:" + dense.digest(),
                new PruningReport.Window(
                        window.start(),
                        window.end(),
                        samples,
                        samples,
                        judge.samples(),
                        lengths.mean()),
                ReportFacts.budget(candidate),
                new PruningReport.Decision(
                        candidate.decision(),
                        profile,
                        loss,
                        null,
                        null,
                        Outcome.PUBLISHED,
                        "a command asked for it"
                                + (pruned.remark().isEmpty() ? "" : "; " + pruned.remark()),
                        new PruningReport.PredictedErrors(null, null, null)),
                List.of(),
                new PruningReport.Qualities(
                        ReportFacts.quality(judged),
                        null,
                        ReportFacts.quality(pruned.quality()),
                        null),
                ReportFacts.totals(
                        dense,
                        slim,
                        lengths.macs(CostModels.counted(dense.hidden())),
                        candidate.mask()),
                SublayerReport.of(
                        candidate.mask(),
                        dense.hidden(),
                        candidate.repairs(),
                        Collections.nCopies(candidate.repairs().size(), List.of())),
                written);
    }
}
