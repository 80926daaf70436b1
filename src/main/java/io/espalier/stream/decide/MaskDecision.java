package io.espalier.stream.decide;

import io.espalier.cost.Budget;
import io.espalier.drift.FisherDrift;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.mask.MaskDelta;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.stream.type.Decision;
import io.espalier.stream.type.Decision.BudgetDecision;
import io.espalier.stream.type.Decision.KindDrift;
import io.espalier.stream.type.DecisionMemory;
import io.espalier.stream.type.DecisionMemory.BudgetMasks;
import io.espalier.stream.type.SublayerSummary;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a complete window's statistics decide: a mask for each budget, and how it compares with
 * earlier ones. A pure function of the snapshots and of what was remembered.
 *
 * @param decision the decision
 * @param masks one mask for each of its budgets
 * @param memory what the next decision has to know; null as long as nothing was decided
 */
public record MaskDecision(
        Decision decision, List<PruningMask> masks, @Nullable DecisionMemory memory) {

    /** Copies the list. */
    public MaskDecision {
        masks = List.copyOf(masks);
    }

    /**
     * Decides.
     *
     * @param summaries one for each sublayer, in model order
     * @param memory of the last decision, null before the first
     * @param errors what a structure in force would cost, re-tuned
     * @throws IllegalArgumentException if the memory is of other budgets
     */
    public static MaskDecision of(
            DecisionPlan plan,
            long windowEnd,
            List<SublayerSummary> summaries,
            @Nullable DecisionMemory memory,
            StructureErrors errors) {
        List<FisherSnapshot> snapshots = summaries.stream().map(SublayerSummary::fisher).toList();
        boolean starved = snapshots.get(0).samples() < plan.minSamples();
        requireSameBudgets(plan, memory);
        List<StructureChoice> choices =
                starved
                        ? List.of()
                        : StructureChoice.all(plan, summaries, previous(plan, memory), errors);
        Comparison comparison = new Comparison(plan, snapshots, choices, memory);
        return new MaskDecision(
                new Decision(
                        windowEnd - plan.window().millis(),
                        windowEnd,
                        snapshots.get(0).samples(),
                        snapshots.get(0).meanLength(),
                        FisherSnapshot.digest(snapshots),
                        starved,
                        comparison.budgets()),
                choices.stream().map(StructureChoice::mask).toList(),
                starved ? memory : comparison.remember());
    }

    private static @Nullable List<PruningMask> previous(
            DecisionPlan plan, @Nullable DecisionMemory memory) {
        return memory == null
                ? null
                : memory.masks().stream()
                        .map(masks -> masks.previous().toArray(float[][]::new))
                        .map(values -> PruningMask.of(plan.sublayers(), values))
                        .toList();
    }

    private static void requireSameBudgets(DecisionPlan plan, @Nullable DecisionMemory memory) {
        List<String> now = plan.budgets().stream().map(Budget::toString).toList();
        if (memory != null
                && !now.equals(memory.masks().stream().map(BudgetMasks::budget).toList())) {
            throw new IllegalArgumentException(
                    "state holds decisions for the budgets "
                            + memory.masks().stream().map(BudgetMasks::budget).toList()
                            + ", the configuration asks for "
                            + now
                            + "; start from the old budgets, or without the old state");
        }
    }

    /** New masks beside the remembered ones. */
    private record Comparison(
            DecisionPlan plan,
            List<FisherSnapshot> snapshots,
            List<StructureChoice> choices,
            @Nullable DecisionMemory memory) {

        private List<float[]> diagonals() {
            return snapshots.stream().map(FisherSnapshot::diagonal).toList();
        }

        private long sequence() {
            return memory == null ? 1 : memory.decisions() + 1;
        }

        List<BudgetDecision> budgets() {
            List<BudgetDecision> budgets = new ArrayList<>();
            for (int b = 0; b < choices.size(); b++) {
                budgets.add(
                        new BudgetDecision(
                                plan.budgets().get(b),
                                sequence(),
                                choices.get(b).share(),
                                drift(SublayerKind.ATTENTION, b),
                                drift(SublayerKind.FFN, b),
                                choices.get(b).update()));
            }
            return budgets;
        }

        private KindDrift drift(SublayerKind kind, int budget) {
            PruningMask mask = choices.get(budget).mask();
            int units = mask.countUnits(kind);
            int kept = mask.countKept(kind);
            if (memory == null) {
                double none = Double.NaN;
                return new KindDrift(units, kept, none, none, none, none);
            }
            BudgetMasks earlier = memory.masks().get(budget);
            return new KindDrift(
                    units,
                    kept,
                    jaccard(earlier.previous(), mask, kind),
                    jaccard(earlier.first(), mask, kind),
                    cosine(memory.previousDiagonals(), kind),
                    cosine(memory.firstDiagonals(), kind));
        }

        private double jaccard(List<float[]> earlier, PruningMask mask, SublayerKind kind) {
            PruningMask before = PruningMask.of(plan.sublayers(), earlier.toArray(float[][]::new));
            return MaskDelta.between(before, mask, kind).jaccardDistance();
        }

        private double cosine(List<float[]> earlier, SublayerKind kind) {
            return FisherDrift.cosine(plan.sublayers(), earlier, diagonals(), kind);
        }

        DecisionMemory remember() {
            List<BudgetMasks> remembered = new ArrayList<>();
            for (int b = 0; b < choices.size(); b++) {
                List<float[]> now = values(choices.get(b).mask());
                List<float[]> first = memory == null ? now : memory.masks().get(b).first();
                remembered.add(new BudgetMasks(plan.budgets().get(b).toString(), first, now));
            }
            return new DecisionMemory(
                    sequence(),
                    memory == null ? diagonals() : memory.firstDiagonals(),
                    diagonals(),
                    remembered);
        }

        private static List<float[]> values(PruningMask mask) {
            return IntStream.range(0, mask.sublayers().size()).mapToObj(mask::values).toList();
        }
    }
}
