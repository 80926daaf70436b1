package io.espalier.stream.decide;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Draft;
import io.espalier.artifact.LivePointer;
import io.espalier.artifact.RunFile;
import io.espalier.artifact.SelfCheck;
import io.espalier.artifact.StagedModel;
import io.espalier.batch.Calibration;
import io.espalier.batch.CurveProfile;
import io.espalier.batch.DiagonalProfile;
import io.espalier.batch.ReportFacts;
import io.espalier.batch.SelfChecks;
import io.espalier.config.Profile;
import io.espalier.config.PromotionMode;
import io.espalier.config.Thresholds;
import io.espalier.config.TuningMode;
import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutAnswers;
import io.espalier.drift.PromotionPolicy;
import io.espalier.drift.PromotionPolicy.Verdict;
import io.espalier.drift.TriggerReason;
import io.espalier.drift.UpdateKind;
import io.espalier.drift.UpdatePolicy;
import io.espalier.drift.UpdatePolicy.Errors;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.PruningMask;
import io.espalier.model.ModelDescription;
import io.espalier.model.TextClassifier;
import io.espalier.report.Outcome;
import io.espalier.search.Allocation;
import io.espalier.search.StructureSearch;
import io.espalier.stream.decide.BudgetOutcome.Published;
import io.espalier.stream.decide.BudgetOutcome.Qualities;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.stream.type.LiveModel;
import io.espalier.tuning.ProjectionRepair;
import io.espalier.wire.DriftOutcome;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Carries out what a window that has enough samples asks for, budget by budget: finds the best
 * structure, asks the policies, repairs, stages and judges a candidate.
 *
 * <p>What is decided is a function of the window, its held-out samples and what is remembered.
 */
final class Deliberation {

    private final DecisionPlan plan;
    private final CandidateIdentity identity;
    private final WindowStatistics window;
    private final Calibration calibration;
    private final @Nullable HeldOutJudge judge;
    private final ArtifactStore store;
    private final StagedModels models;
    private final UpdatePolicy updates;
    private final PromotionPolicy promotions;
    private final Function<Budget, Allocation.Result> search;
    private final ProjectionRepair repair;
    private final RunFile run;

    /**
     * On one window.
     *
     * @param window with error curves, if the profile asks for them
     * @param calibration of the same window
     * @param judge null if there are no held-out samples
     * @param store of pruned models
     * @param thresholds in force
     * @param run who decides
     */
    Deliberation(
            DecisionPlan plan,
            CandidateIdentity identity,
            WindowStatistics window,
            Calibration calibration,
            @Nullable HeldOutJudge judge,
            ArtifactStore store,
            Thresholds thresholds,
            RunFile run) {
        this.plan = plan;
        this.run = run;
        this.identity = identity;
        this.window = window;
        this.calibration = calibration;
        this.judge = judge;
        this.store = store;
        this.models = new StagedModels(store);
        this.updates = new UpdatePolicy(thresholds.retuneMargin(), thresholds.remaskMargin());
        this.promotions =
                new PromotionPolicy(
                        thresholds.promotionMargin(),
                        thresholds.promotionTolerance(),
                        thresholds.promotionConfidence(),
                        thresholds.promotionSamples());
        this.search = plan.profile() == Profile.ESPALIER ? curves() : diagonal();
        ProjectionRepair full =
                new ProjectionRepair(PositiveDefiniteSolver.best(), plan.tuning().ridge());
        this.repair = plan.tuning().mode() == TuningMode.MASK_VALUES ? full.ofMaskValues() : full;
    }

    private Function<Budget, Allocation.Result> curves() {
        return new CurveProfile(
                        calibration,
                        StructureSearch.rounded(plan.sublayers(), window.curves(), plan.roundTo()))
                ::allocate;
    }

    private Function<Budget, Allocation.Result> diagonal() {
        DiagonalProfile profile = new DiagonalProfile(calibration);
        return budget -> {
            PruningMask mask = profile.rearrange(profile.search(budget));
            return new Allocation.Result(mask, Double.NaN, calibration.share(budget, mask));
        };
    }

    /** What comes of the window for one budget. */
    BudgetOutcome of(BudgetWindow seen) throws IOException, InterruptedException {
        LiveModel live = seen.memory().live();
        if (live == null) {
            return of(seen, null);
        }
        try (TextClassifier loaded = models.load(live.staged())) {
            return of(seen, new Live(live, loaded));
        }
    }

    /**
     * The live model.
     *
     * @param remembered what is known of it
     * @param loaded from the directory that was published
     */
    private record Live(LiveModel remembered, TextClassifier loaded) {

        PruningMask mask(DecisionPlan plan) {
            return PruningMask.of(plan.sublayers(), remembered.mask().toArray(float[][]::new));
        }
    }

    private BudgetOutcome of(BudgetWindow seen, @Nullable Live live)
            throws IOException, InterruptedException {
        Allocation.Result best = search.apply(seen.budget());
        Errors errors = errors(best, live);
        UpdateKind update = choose(seen, best, errors, live);
        HeldOutAnswers answers = judge == null || live == null ? null : judge.of(live.loaded());
        if (update == null || update == UpdateKind.KEEP) {
            return kept(seen, best, update, errors, answers);
        }
        PruningMask mask =
                update == UpdateKind.RE_TUNE && live != null ? live.mask(plan) : best.mask();
        double share = calibration.share(seen.budget(), mask);
        return published(seen.with(mask), share, update, errors, mask, answers);
    }

    private Errors errors(Allocation.Result best, @Nullable Live live) throws InterruptedException {
        if (live == null || plan.profile() != Profile.ESPALIER) {
            return new Errors(Double.NaN, Double.NaN, best.error());
        }
        PruningMask mask = live.mask(plan);
        return new Errors(
                calibration.predictedError(
                        mask,
                        IntStream.range(0, plan.sublayers().size())
                                .mapToObj(live.loaded()::projection)
                                .toList()),
                calibration.structureError(mask),
                best.error());
    }

    private @Nullable UpdateKind choose(
            BudgetWindow seen, Allocation.Result best, Errors errors, @Nullable Live live) {
        if (!seen.trigger().fires()) {
            return null;
        }
        if (live == null) {
            return UpdateKind.RE_MASK;
        }
        PruningMask mask = live.mask(plan);
        if (plan.profile() != Profile.ESPALIER) {
            return mask.equals(best.mask()) ? UpdateKind.RE_TUNE : UpdateKind.RE_MASK;
        }
        boolean fits = seen.budget().allows(calibration.share(seen.budget(), mask));
        return seen.trigger() == TriggerReason.FORCED
                ? updates.atLeastRetune(fits, errors)
                : updates.choose(fits, errors);
    }

    private BudgetOutcome kept(
            BudgetWindow seen,
            Allocation.Result best,
            @Nullable UpdateKind update,
            Errors errors,
            @Nullable HeldOutAnswers live)
            throws IOException {
        BudgetMemory memory = seen.memory();
        return new BudgetOutcome(
                seen.with(best.mask()),
                DriftOutcome.KEPT,
                Reasons.kept(seen, update, errors),
                best.share(),
                update,
                errors,
                null,
                qualities(seen, memory, live, null),
                update == UpdateKind.KEEP
                        ? memory.afterKeeping(window.end(), seen.drift())
                        : memory.afterWindow(seen.drift()));
    }

    private BudgetOutcome published(
            BudgetWindow seen,
            double share,
            UpdateKind update,
            Errors errors,
            PruningMask mask,
            @Nullable HeldOutAnswers live)
            throws IOException, InterruptedException {
        Candidate repaired =
                new Candidate(
                        identity,
                        window,
                        seen.budget(),
                        seen.memory().decisions() + 1,
                        share,
                        mask,
                        calibration.repairs(mask, repair));
        Candidate candidate =
                judge == null
                        ? repaired
                        : RepairAcceptance.judged(repaired, calibration.dense(), judge);
        Draft draft =
                store.draft(
                        candidate.description(),
                        candidate.model().sublayers(),
                        Path.of(identity.parentDirectory()),
                        Set.copyOf(identity.formats()));
        Judged judged = judged(draft);
        HeldOutAnswers answers = judged.answers();
        Verdict verdict = verdict(seen, answers, live);
        boolean promotes = plan.promotion() == PromotionMode.PROMOTE;
        DriftOutcome passed = promotes ? DriftOutcome.PROMOTED : DriftOutcome.CANDIDATE;
        DriftOutcome outcome = verdict.promoted() ? passed : DriftOutcome.REJECTED;
        VersionReport report =
                new VersionReport(
                        candidate,
                        seen,
                        update,
                        errors,
                        verdict,
                        Outcome.valueOf(outcome.name()),
                        judge == null ? null : judge.dense(),
                        live,
                        answers,
                        ReportFacts.totals(
                                calibration.dense().description(),
                                judged.description(),
                                calibration.macs(),
                                mask),
                        calibration.dense().description().hidden());
        StagedModel staged = draft.complete(report::report, judged.check(), run);
        LiveModel made =
                new LiveModel(
                        staged,
                        window.end(),
                        IntStream.range(0, mask.sublayers().size()).mapToObj(mask::values).toList(),
                        window.diagonals(),
                        window.profiles());
        BudgetMemory decided = seen.memory().afterDecision(window.end(), seen.drift(), made);
        BudgetMemory memory = verdict.promoted() ? decided.moved(made, false) : decided;
        LivePointer pointer =
                verdict.promoted() && promotes ? pointer(seen.budget(), memory, staged) : null;
        return new BudgetOutcome(
                seen,
                outcome,
                Reasons.decided(seen, update, errors, verdict),
                share,
                update,
                errors,
                new Published(candidate, staged, verdict, pointer),
                qualities(seen, memory, live, answers),
                memory);
    }

    /**
     * What the model said that was written.
     *
     * @param description of what was loaded
     * @param answers to the held-out samples; null if there are none
     * @param check to be replayed by whoever loads it
     */
    private record Judged(
            ModelDescription description, @Nullable HeldOutAnswers answers, SelfCheck check) {}

    private Judged judged(Draft draft) throws IOException {
        try (TextClassifier model = models.load(draft)) {
            return new Judged(
                    model.description(),
                    judge == null ? null : judge.of(model),
                    SelfChecks.of(model));
        } catch (IOException | RuntimeException e) {
            draft.discard(e);
            throw e;
        }
    }

    private LivePointer pointer(Budget budget, BudgetMemory memory, StagedModel staged) {
        return new LivePointer(
                identity.model(),
                budget.toString(),
                memory.moves(),
                staged.version(),
                staged.manifestDigest());
    }

    private Verdict verdict(
            BudgetWindow seen, @Nullable HeldOutAnswers answers, @Nullable HeldOutAnswers live) {
        LiveModel pinned = seen.memory().pinned() ? seen.memory().live() : null;
        if (pinned != null) {
            return promotions.unjudged("version " + pinned.version() + " is pinned");
        }
        if (answers == null) {
            return promotions.unjudged("no held-out samples to judge it by");
        }
        return promotions.judge(answers, live, Objects.requireNonNull(judge).dense());
    }

    private @Nullable HeldOutAnswers answers(StagedModel staged) throws IOException {
        if (judge == null) {
            return null;
        }
        try (TextClassifier model = models.load(staged)) {
            return judge.of(model);
        }
    }

    private Qualities qualities(
            BudgetWindow seen,
            BudgetMemory now,
            @Nullable HeldOutAnswers live,
            @Nullable HeldOutAnswers candidate)
            throws IOException {
        if (judge == null) {
            return Qualities.UNKNOWN;
        }
        HeldOutAnswers first = first(seen.memory().live(), now, live, candidate);
        return new Qualities(
                judge.dense().quality(),
                first == null ? null : first.quality(),
                live == null ? null : live.quality(),
                candidate == null ? null : candidate.quality());
    }

    /** The first candidate's answers; nothing is asked twice. */
    private @Nullable HeldOutAnswers first(
            @Nullable LiveModel wasLive,
            BudgetMemory now,
            @Nullable HeldOutAnswers live,
            @Nullable HeldOutAnswers candidate)
            throws IOException {
        LiveModel first = now.first();
        if (first == null) {
            return null;
        }
        if (now.decisions() == 1 && candidate != null) {
            return candidate;
        }
        boolean isLive = wasLive != null && wasLive.version().equals(first.version());
        return isLive && live != null ? live : answers(first.staged());
    }

    /** A window with too few samples to decide anything. */
    static BudgetOutcome starved(BudgetWindow seen, WindowStatistics window, int minSamples) {
        double none = Double.NaN;
        return new BudgetOutcome(
                seen,
                DriftOutcome.STARVED,
                Reasons.starved(window, minSamples),
                none,
                null,
                new Errors(none, none, none),
                null,
                Qualities.UNKNOWN,
                seen.memory());
    }
}
