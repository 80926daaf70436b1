package io.espalier.stream.assemble;

import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.SlimSublayer;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.stream.type.Decision;
import io.espalier.stream.type.Decision.BudgetDecision;
import io.espalier.stream.type.TunedSublayer;
import io.espalier.stream.type.TunedSublayer.Tuned;

import java.util.ArrayList;
import java.util.List;

/**
 * One budget's pruned model, put together from its sublayers but not yet written.
 *
 * @param identity of the job
 * @param decision of the window
 * @param budget the budget's part of it
 * @param mask kept units
 * @param tuned one entry for each sublayer, in model order
 */
record Candidate(
        CandidateIdentity identity,
        Decision decision,
        BudgetDecision budget,
        PruningMask mask,
        List<Tuned> tuned) {

    /**
     * Picks one budget out of the tuned sublayers.
     *
     * @param parts one for each sublayer, in model order
     * @param index of the budget in the decision
     */
    static Candidate of(
            CandidateIdentity identity,
            List<Sublayer> sublayers,
            List<TunedSublayer> parts,
            int index) {
        Decision decision = parts.get(0).decision();
        List<Tuned> tuned = parts.stream().map(part -> part.tuned().get(index)).toList();
        float[][] values = tuned.stream().map(Tuned::mask).toArray(float[][]::new);
        return new Candidate(
                identity,
                decision,
                decision.budgets().get(index),
                PruningMask.of(sublayers, values),
                tuned);
    }

    /** Unique name of the decision: model, version. */
    String decisionId() {
        return identity.model() + "/" + budget.version();
    }

    /** What is left of every sublayer. */
    List<SlimSublayer> slimSublayers() {
        List<SlimSublayer> slim = new ArrayList<>();
        for (int s = 0; s < tuned.size(); s++) {
            slim.add(
                    new SlimSublayer(
                            mask.sublayers().get(s),
                            mask.keptUnits(s),
                            tuned.get(s).repaired().projection()));
        }
        return slim;
    }

    /** Predicted error of the previous model as it was, on the present traffic; NaN without one. */
    double errorAsItWas() {
        return tuned.stream().mapToDouble(Tuned::asItWas).sum();
    }

    /** Sublayers for which nothing could be solved. */
    int unrepaired() {
        return (int) tuned.stream().filter(each -> !each.repaired().outcome().solved()).count();
    }

    /** What the manifest says. */
    CandidateDescription description() {
        return new CandidateDescription(
                identity.model(),
                budget.version(),
                decisionId(),
                identity.parentDigest(),
                mask,
                tuned.stream().map(each -> each.repaired().outcome().label()).toList(),
                new Manifest.Budget(
                        budget.budget().toString(), budget.budget().share(), budget.achieved()),
                new Manifest.Window(decision.windowStart(), decision.windowEnd()),
                decision.samples(),
                identity.profile(),
                identity.loss(),
                decision.statisticsDigest(),
                identity.seed(),
                CandidateDescription.TOOL);
    }
}
