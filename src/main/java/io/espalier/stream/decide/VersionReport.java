package io.espalier.stream.decide;

import io.espalier.artifact.CandidateDescription;
import io.espalier.batch.ReportFacts;
import io.espalier.drift.HeldOutAnswers;
import io.espalier.drift.PromotionPolicy.Verdict;
import io.espalier.drift.UpdateKind;
import io.espalier.drift.UpdatePolicy.Errors;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.mask.SublayerKind;
import io.espalier.report.Outcome;
import io.espalier.report.PruningReport;
import io.espalier.report.SublayerReport;
import io.espalier.tuning.RepairedProjection;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What is reported of one version beside its files.
 *
 * @param candidate as decided
 * @param seen its window
 * @param update what was chosen
 * @param errors as predicted
 * @param verdict of the promotion policy
 * @param outcome what becomes of it
 * @param dense the dense model's answers to the held-out samples; null if there are none
 * @param live the live model's
 * @param answers its own
 * @param totals sizes
 * @param hidden d
 */
record VersionReport(
        Candidate candidate,
        BudgetWindow seen,
        UpdateKind update,
        Errors errors,
        Verdict verdict,
        Outcome outcome,
        @Nullable HeldOutAnswers dense,
        @Nullable HeldOutAnswers live,
        @Nullable HeldOutAnswers answers,
        PruningReport.Totals totals,
        int hidden) {

    /** The report, with the formats that were written. */
    PruningReport report(List<PruningReport.Format> formats) {
        CandidateDescription description = candidate.description();
        WindowStatistics window = candidate.window();
        FisherSnapshot any = window.any().fisher();
        return new PruningReport(
                PruningReport.FORMAT,
                description.model(),
                description.version(),
                description.tool(),
                "sha256:" + description.parentDigest(),
                new PruningReport.Window(
                        window.start(),
                        window.end(),
                        any.samples(),
                        any.effectiveSamples(),
                        dense == null ? 0 : dense.labels().length,
                        any.meanLength()),
                ReportFacts.budget(description),
                new PruningReport.Decision(
                        description.decision(),
                        description.profile(),
                        description.loss(),
                        seen.trigger().label(),
                        update.label(),
                        outcome,
                        Reasons.decided(seen, update, errors, verdict),
                        new PruningReport.PredictedErrors(
                                errors.asItIs(), errors.retuned(), errors.best())),
                List.of(
                        drift(SublayerKind.ATTENTION, seen.heads()),
                        drift(SublayerKind.FFN, seen.neurons())),
                new PruningReport.Qualities(
                        quality(dense), quality(live), quality(answers), comparison()),
                totals,
                SublayerReport.of(
                        candidate.mask(),
                        hidden,
                        description.repairs(),
                        candidate.repaired().stream().map(RepairedProjection::refusals).toList()),
                formats);
    }

    private static PruningReport.Drift drift(SublayerKind kind, KindDrift drift) {
        return new PruningReport.Drift(
                kind.label(),
                drift.cosineLive(),
                drift.trace(),
                drift.distance(),
                drift.floor(),
                drift.jaccardLive());
    }

    private static PruningReport.@Nullable Quality quality(@Nullable HeldOutAnswers answers) {
        return answers == null ? null : ReportFacts.quality(answers.quality());
    }

    private PruningReport.@Nullable Comparison comparison() {
        return dense == null
                ? null
                : new PruningReport.Comparison(
                        verdict.measure().label(),
                        verdict.samples(),
                        verdict.difference(),
                        verdict.bound(),
                        verdict.limit(),
                        verdict.reason());
    }
}
