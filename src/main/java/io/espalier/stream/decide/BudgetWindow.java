package io.espalier.stream.decide;

import io.espalier.config.Thresholds;
import io.espalier.cost.Budget;
import io.espalier.drift.DriftState;
import io.espalier.drift.TriggerPolicy;
import io.espalier.drift.TriggerReason;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.stream.type.ControlState;
import io.espalier.stream.type.DecisionMemory;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a window is to one budget, before anything is searched for.
 *
 * @param budget the budget
 * @param memory what is remembered of it
 * @param heads drift of the heads
 * @param neurons drift of the neurons
 * @param drift level after the window
 * @param trigger whether a decision is due, and why
 */
record BudgetWindow(
        Budget budget,
        BudgetMemory memory,
        KindDrift heads,
        KindDrift neurons,
        DriftState drift,
        TriggerReason trigger) {

    /**
     * Looks at a window.
     *
     * @param memory with the window's own noise in its floors
     */
    static BudgetWindow of(
            WindowStatistics window,
            List<Sublayer> sublayers,
            Budget budget,
            DecisionMemory memory,
            ControlState control,
            Thresholds thresholds,
            int minSamples) {
        BudgetMemory own = memory.of(budget.toString());
        KindDrift heads =
                KindDrift.of(window, sublayers, SublayerKind.ATTENTION, memory.heads(), own);
        KindDrift neurons =
                KindDrift.of(window, sublayers, SublayerKind.FFN, memory.neurons(), own);
        // The kind that is further out counts; a model may lack one of them.
        double ratio = greater(heads.ratio(memory.heads()), neurons.ratio(memory.neurons()));
        double samples = window.any().fisher().effectiveSamples();
        DriftState drift =
                samples < minSamples
                        ? own.drift()
                        : own.drift().next(ratio, thresholds.driftWindows());
        TriggerPolicy policy =
                new TriggerPolicy(
                        minSamples,
                        thresholds.coolDown(),
                        thresholds.period() == null ? 0 : thresholds.period().toMillis());
        boolean before = own.decisions() > 0;
        return new BudgetWindow(
                budget,
                own,
                heads,
                neurons,
                drift,
                policy.evaluate(
                        new TriggerPolicy.Situation(
                                samples,
                                control.paused(),
                                control.forced().contains(budget.toString()),
                                own.live() != null,
                                drift.level(),
                                before
                                        ? OptionalLong.of(own.windowsSince() + 1)
                                        : OptionalLong.empty(),
                                before
                                        ? OptionalLong.of(window.end() - own.lastDecision())
                                        : OptionalLong.empty())));
    }

    /** The same with a mask. */
    BudgetWindow with(PruningMask mask) {
        return new BudgetWindow(
                budget,
                memory,
                heads.with(mask, SublayerKind.ATTENTION, memory),
                neurons.with(mask, SublayerKind.FFN, memory),
                drift,
                trigger);
    }

    private static double greater(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.isNaN(a) ? b : a;
        }
        return Math.max(a, b);
    }
}
