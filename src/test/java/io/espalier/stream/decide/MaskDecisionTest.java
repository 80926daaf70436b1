package io.espalier.stream.decide;

import io.espalier.config.Profile;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.CostModel;
import io.espalier.cost.CostModels;
import io.espalier.cost.LatencyTable;
import io.espalier.cost.MacCost;
import io.espalier.drift.FisherDrift;
import io.espalier.drift.UpdateKind;
import io.espalier.drift.UpdatePolicy;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.MaskDelta;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.WindowSize;
import io.espalier.stream.type.Decision.BudgetDecision;
import io.espalier.stream.type.Decision.KindDrift;
import io.espalier.stream.type.Decision.Update;
import io.espalier.stream.type.DecisionMemory;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a window decides, and what it remembers for the next. */
class MaskDecisionTest {

    private static final int HIDDEN = 16;
    private static final List<Sublayer> SUBLAYERS = Encoders.of(2, 4, 4, 64);
    private static final List<Budget> BUDGETS = List.of(Budget.macs(0.5), Budget.macs(0.3));
    private static final WindowSize WINDOW = new WindowSize(1000);
    private static final DecisionPlan PLAN = plan(BUDGETS, 0);

    @Test
    void theFirstDecisionHasNothingToCompareWith() {
        MaskDecision first = decide(PLAN, 5000, "first", 80, null);
        assertThat(first.decision().windowStart()).isEqualTo(4000);
        assertThat(first.decision().windowEnd()).isEqualTo(5000);
        assertThat(first.decision().samples()).isEqualTo(80);
        assertThat(first.decision().starved()).isFalse();
        assertThat(first.masks()).hasSize(2);
        for (int b = 0; b < 2; b++) {
            BudgetDecision budget = first.decision().budgets().get(b);
            PruningMask mask = first.masks().get(b);
            assertThat(budget.budget()).isEqualTo(BUDGETS.get(b));
            assertThat(budget.sequence()).isEqualTo(1);
            assertThat(budget.heads()).isEqualTo(nothing(mask, SublayerKind.ATTENTION));
            assertThat(budget.neurons()).isEqualTo(nothing(mask, SublayerKind.FFN));
        }
        assertThat(first.decision().budgets().get(0).version()).isEqualTo("macs0.50-000001");
    }

    private static KindDrift nothing(PruningMask mask, SublayerKind kind) {
        double none = Double.NaN;
        return new KindDrift(mask.countUnits(kind), mask.countKept(kind), none, none, none, none);
    }

    @Test
    void laterDecisionsCompareWithThePreviousAndTheFirst() {
        MaskDecision first = decide(PLAN, 1000, "first", 80, null);
        MaskDecision second = decide(PLAN, 2000, "second", 70, first.memory());
        MaskDecision third = decide(PLAN, 3000, "third", 60, second.memory());
        assertThat(second.decision().budgets().get(1).version()).isEqualTo("macs0.30-000002");
        for (SublayerKind kind : SublayerKind.values()) {
            for (int b = 0; b < 2; b++) {
                assertThat(drift(second, b, kind))
                        .isEqualTo(expected(second, first, "first", first, "first", b, kind));
                assertThat(drift(third, b, kind))
                        .isEqualTo(expected(third, second, "second", first, "first", b, kind));
            }
        }
        assertThat(drift(second, 0, SublayerKind.FFN).jaccardPrevious()).isBetween(0.01, 1.0);
    }

    private static KindDrift drift(MaskDecision decided, int budget, SublayerKind kind) {
        BudgetDecision decision = decided.decision().budgets().get(budget);
        return kind == SublayerKind.FFN ? decision.neurons() : decision.heads();
    }

    private static KindDrift expected(
            MaskDecision now,
            MaskDecision previous,
            String previousTraffic,
            MaskDecision first,
            String firstTraffic,
            int budget,
            SublayerKind kind) {
        PruningMask mask = now.masks().get(budget);
        String traffic = now.decision().windowEnd() == 2000 ? "second" : "third";
        return new KindDrift(
                mask.countUnits(kind),
                mask.countKept(kind),
                MaskDelta.between(previous.masks().get(budget), mask, kind).jaccardDistance(),
                MaskDelta.between(first.masks().get(budget), mask, kind).jaccardDistance(),
                FisherDrift.cosine(SUBLAYERS, diagonals(previousTraffic), diagonals(traffic), kind),
                FisherDrift.cosine(SUBLAYERS, diagonals(firstTraffic), diagonals(traffic), kind));
    }

    @Test
    void theSameTrafficDoesNotDrift() {
        MaskDecision first = decide(PLAN, 1000, "first", 80, null);
        MaskDecision again = decide(PLAN, 2000, "first", 80, first.memory());
        assertThat(again.masks()).isEqualTo(first.masks());
        KindDrift heads = again.decision().budgets().get(0).heads();
        assertThat(List.of(heads.jaccardPrevious(), heads.jaccardFirst())).containsOnly(0.0);
        assertThat(List.of(heads.cosinePrevious(), heads.cosineFirst())).containsOnly(1.0);
        assertThat(again.decision().statisticsDigest())
                .isEqualTo(first.decision().statisticsDigest());
        assertThat(decide(PLAN, 1000, "second", 70, null).decision().statisticsDigest())
                .isNotEqualTo(first.decision().statisticsDigest());
    }

    @Test
    void tooFewSamplesDecideNothingAndLeaveTheMemory() {
        MaskDecision first = decide(PLAN, 1000, "first", 80, null);
        MaskDecision starved = decide(PLAN, 2000, "second", 39, first.memory());
        assertThat(starved.decision().starved()).isTrue();
        assertThat(starved.decision().samples()).isEqualTo(39);
        assertThat(starved.decision().budgets()).isEmpty();
        assertThat(starved.masks()).isEmpty();
        assertThat(starved.memory()).isSameAs(first.memory());
        MaskDecision enough = decide(PLAN, 2000, "second", 40, first.memory());
        assertThat(enough.decision().starved()).isFalse();
        assertThat(enough.decision().budgets().get(0).sequence()).isEqualTo(2);
    }

    @Test
    void aStarvedFirstWindowRemembersNothing() {
        assertThat(decide(PLAN, 1000, "first", 39, null).memory()).isNull();
    }

    @Test
    void refusesMemoryOfOtherBudgets() {
        DecisionMemory memory = decide(PLAN, 1000, "first", 80, null).memory();
        DecisionPlan changed = plan(List.of(Budget.macs(0.5)), 0);
        assertThatThrownBy(() -> decide(changed, 2000, "second", 70, memory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "state holds decisions for the budgets [macs=0.5, macs=0.3], the"
                                + " configuration asks for [macs=0.5]; start from the old budgets,"
                                + " or without the old state");
        assertThat(decide(PLAN, 2000, "second", 70, memory).masks()).hasSize(2);
    }

    @Test
    void aStructureStaysAsLongAsItIsNearlyAsGoodAsTheBest() {
        // Parameters do not depend on lengths, so the first structure fits for ever.
        List<Budget> budgets = List.of(new Budget(CostMetric.PARAMS, 0.5));
        MaskDecision first = decide(plan(budgets, 0), 1000, "first", 80, null);
        MaskDecision strict = decide(plan(budgets, 0), 2000, "second", 70, first.memory());
        Update update = strict.decision().budgets().get(0).update();
        assertThat(update.kind()).isEqualTo(UpdateKind.RE_MASK);
        assertThat(update.retuned()).isGreaterThan(update.best());
        double excess = update.retuned() / update.best() - 1;

        MaskDecision changed =
                decide(plan(budgets, 0.99 * excess), 2000, "second", 70, first.memory());
        assertThat(changed.masks().get(0)).isEqualTo(strict.masks().get(0));
        MaskDecision kept =
                decide(plan(budgets, 1.01 * excess), 2000, "second", 70, first.memory());
        assertThat(kept.decision().budgets().get(0).update().kind()).isEqualTo(UpdateKind.RE_TUNE);
        assertThat(kept.masks().get(0)).isEqualTo(first.masks().get(0));
    }

    @Test
    void noBudgetIsExceededAndWhatIsSaidIsWhatIsKept() {
        MaskDecision before = decide(PLAN, 0, "traffic", 64, null);
        for (int window = 1; window < 20; window++) {
            String traffic = "traffic-" + window;
            MaskDecision decided = decide(PLAN, 1000L * window, traffic, 64, before.memory());
            FisherSnapshot any = snapshots(traffic, 64).get(0);
            MacCost cost = new MacCost(HIDDEN, any.meanLength(), any.meanSquaredLength());
            for (int b = 0; b < 2; b++) {
                BudgetDecision budget = decided.decision().budgets().get(b);
                assertThat(budget.achieved())
                        .isEqualTo(cost.share(decided.masks().get(b)))
                        .isLessThanOrEqualTo(budget.budget().share());
            }
            before = decided;
        }
    }

    @Test
    void budgetsOfEveryMetricAreMetFromTheSameSnapshots() {
        List<Double> heads = List.of(1.0, 1.5, 2.0, 2.5);
        List<Double> neurons = new ArrayList<>();
        for (int kept = 1; kept <= 64; kept++) {
            neurons.add(Math.max(1, kept / 16.0));
        }
        CostModels costs = new CostModels(HIDDEN, new LatencyTable(heads, neurons));
        List<Budget> budgets =
                Budget.parseAll(List.of("macs=0.5", "params=0.5", "latency=0.5", "latency=0.2"));
        DecisionPlan plan =
                new DecisionPlan(
                        SUBLAYERS,
                        costs,
                        budgets,
                        Profile.ESPALIER,
                        new UpdatePolicy(0),
                        WINDOW,
                        40);
        MaskDecision decided = decide(plan, 1000, "first", 80, null);
        FisherSnapshot any = snapshots("first", 80).get(0);
        for (int b = 0; b < budgets.size(); b++) {
            CostModel cost =
                    costs.of(budgets.get(b).metric(), any.meanLength(), any.meanSquaredLength());
            assertThat(decided.decision().budgets().get(b).achieved())
                    .isEqualTo(cost.share(decided.masks().get(b)))
                    .isBetween(0.75 * budgets.get(b).share(), budgets.get(b).share());
        }
        assertThat(decided.decision().budgets().get(3).version()).isEqualTo("latency0.20-000001");
    }

    private static MaskDecision decide(
            DecisionPlan plan,
            long windowEnd,
            String traffic,
            int samples,
            @Nullable DecisionMemory memory) {
        return MaskDecision.of(
                plan, windowEnd, summaries(traffic, samples), memory, MaskDecisionTest::error);
    }

    private static List<float[]> diagonals(String traffic) {
        int samples = traffic.equals("first") ? 80 : traffic.equals("second") ? 70 : 60;
        return snapshots(traffic, samples).stream().map(FisherSnapshot::diagonal).toList();
    }

    private static DecisionPlan plan(List<Budget> budgets, double margin) {
        return new DecisionPlan(
                SUBLAYERS,
                CostModels.counted(HIDDEN),
                budgets,
                Profile.ESPALIER,
                new UpdatePolicy(margin),
                WINDOW,
                40);
    }

    /** With curves of independent units; what a curve is made of does not matter here. */
    private static List<SublayerSummary> summaries(String traffic, int samples) {
        return snapshots(traffic, samples).stream()
                .map(
                        snapshot ->
                                new SublayerSummary(
                                        snapshot, ErrorCurve.ofImportance(doubles(snapshot)), null))
                .toList();
    }

    /** Of units that are independent, as the curves have it. */
    private static double error(List<SublayerSummary> summaries, PruningMask structure) {
        double sum = 0;
        for (int s = 0; s < summaries.size(); s++) {
            float[] diagonal = summaries.get(s).fisher().diagonal();
            for (int unit = 0; unit < diagonal.length; unit++) {
                sum += structure.keeps(s, unit) ? 0 : diagonal[unit];
            }
        }
        return sum;
    }

    private static double[] doubles(FisherSnapshot snapshot) {
        float[] diagonal = snapshot.diagonal();
        return IntStream.range(0, diagonal.length).mapToDouble(i -> diagonal[i]).toArray();
    }

    /** Of samples whose ids, and so whose gradients, are the traffic's own. */
    private static List<FisherSnapshot> snapshots(String traffic, int samples) {
        List<String> ids = IntStream.range(0, samples).mapToObj(i -> traffic + i).toList();
        return SyntheticScorer.statisticsOf(SUBLAYERS, 32, 7, ids).stream()
                .map(SublayerStatistics::snapshot)
                .toList();
    }
}
