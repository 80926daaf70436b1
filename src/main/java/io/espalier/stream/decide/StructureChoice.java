package io.espalier.stream.decide;

import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.CostModel;
import io.espalier.drift.UpdateKind;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.mask.PruningMask;
import io.espalier.search.Allocation;
import io.espalier.search.DiagonalSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.search.MaskRefinement;
import io.espalier.search.StructureSearch;
import io.espalier.stream.type.Decision.Update;
import io.espalier.stream.type.SublayerSummary;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The structure that a budget gets from a window's summaries, and what is said of it.
 *
 * @param mask the structure
 * @param share of the dense cost that it keeps
 * @param update whether it is the previous one
 */
record StructureChoice(PruningMask mask, double share, Update update) {

    /**
     * Chooses for every budget.
     *
     * @param summaries one for each sublayer, in model order
     * @param previous the budgets' masks in force, in the same order; null before the first
     *     decision
     * @param errors what a structure in force would cost, re-tuned
     */
    static List<StructureChoice> all(
            DecisionPlan plan,
            List<SublayerSummary> summaries,
            @Nullable List<PruningMask> previous,
            StructureErrors errors) {
        FisherSnapshot any = summaries.get(0).fisher();
        Function<CostMetric, CostModel> costs =
                metric -> plan.costs().of(metric, any.meanLength(), any.meanSquaredLength());
        Function<Budget, PruningMask> diagonal =
                plan.profile() == Profile.ESPALIER ? null : diagonal(plan, summaries, costs);
        StructureSearch search = diagonal == null ? search(plan, summaries, costs) : null;
        List<StructureChoice> choices = new ArrayList<>();
        for (int b = 0; b < plan.budgets().size(); b++) {
            Budget budget = plan.budgets().get(b);
            PruningMask before = previous == null ? null : previous.get(b);
            choices.add(
                    search == null
                            ? of(
                                    Objects.requireNonNull(diagonal).apply(budget),
                                    costs.apply(budget.metric()),
                                    before)
                            : of(plan, search, errors, summaries, costs, budget, before));
        }
        return choices;
    }

    private static StructureChoice of(
            PruningMask mask, CostModel cost, @Nullable PruningMask before) {
        UpdateKind kind =
                before != null && mask.equals(before) ? UpdateKind.RE_TUNE : UpdateKind.RE_MASK;
        return new StructureChoice(
                mask, cost.share(mask), new Update(kind, Double.NaN, Double.NaN));
    }

    private static StructureChoice of(
            DecisionPlan plan,
            StructureSearch search,
            StructureErrors errors,
            List<SublayerSummary> summaries,
            Function<CostMetric, CostModel> costs,
            Budget budget,
            @Nullable PruningMask before) {
        CostModel cost = costs.apply(budget.metric());
        Allocation.Result best = search.search(budget);
        if (before == null) {
            return new StructureChoice(
                    best.mask(),
                    best.share(),
                    new Update(UpdateKind.RE_MASK, best.error(), Double.NaN));
        }
        double live = errors.of(summaries, before);
        boolean fits = budget.allows(cost.share(before));
        UpdateKind kind = plan.updates().choose(fits, live, best.error());
        PruningMask mask = kind == UpdateKind.RE_TUNE ? before : best.mask();
        return new StructureChoice(mask, cost.share(mask), new Update(kind, best.error(), live));
    }

    private static StructureSearch search(
            DecisionPlan plan,
            List<SublayerSummary> summaries,
            Function<CostMetric, CostModel> costs) {
        List<ErrorCurve> curves =
                summaries.stream()
                        .map(summary -> Objects.requireNonNull(summary.curve(), "curve"))
                        .toList();
        return new StructureSearch(plan.sublayers(), curves, costs);
    }

    private static Function<Budget, PruningMask> diagonal(
            DecisionPlan plan,
            List<SublayerSummary> summaries,
            Function<CostMetric, CostModel> costs) {
        List<FisherSnapshot> snapshots = summaries.stream().map(SublayerSummary::fisher).toList();
        DiagonalSearch search = DiagonalSearch.of(plan.sublayers(), snapshots, costs);
        MaskRefinement refinement = new MaskRefinement(snapshots);
        return budget -> refinement.refine(search.search(budget));
    }
}
