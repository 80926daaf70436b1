package io.espalier.stream.decide;

import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Manifest;
import io.espalier.batch.PrunedModel;
import io.espalier.cost.Budget;
import io.espalier.mask.PruningMask;
import io.espalier.tuning.RepairedProjection;

import java.util.List;

/**
 * One budget's pruned model, decided and repaired but not yet written.
 *
 * @param identity of the job
 * @param window it was decided for
 * @param budget it was decided for
 * @param sequence number of the candidate among the budget's, from 1
 * @param achieved share kept of what the budget counts, at most the budget's
 * @param mask kept units
 * @param repaired projections over them, in model order
 */
record Candidate(
        CandidateIdentity identity,
        WindowStatistics window,
        Budget budget,
        long sequence,
        double achieved,
        PruningMask mask,
        List<RepairedProjection> repaired) {

    /** Copies the list. */
    Candidate {
        repaired = List.copyOf(repaired);
    }

    /** Name of the pruned model, sorting in decision order: {@code macs0.50-000017}. */
    String version() {
        return budget.version(sequence);
    }

    /** Unique name of the decision: model, version. */
    String decisionId() {
        return identity.model() + "/" + version();
    }

    /** The model itself. */
    PrunedModel model() {
        return PrunedModel.repaired(mask, repaired);
    }

    /** The same decision with other projections. */
    Candidate with(List<RepairedProjection> others) {
        return new Candidate(identity, window, budget, sequence, achieved, mask, others);
    }

    /** Sublayers for which nothing could be solved. */
    int unrepaired() {
        return (int) repaired.stream().filter(each -> !each.outcome().solved()).count();
    }

    private List<Manifest.Offsets> offsets() {
        return window.any().offsets().partitions().entrySet().stream()
                .map(
                        each ->
                                new Manifest.Offsets(
                                        each.getKey(),
                                        each.getValue().first(),
                                        each.getValue().last()))
                .toList();
    }

    /** What the manifest says. */
    CandidateDescription description() {
        return new CandidateDescription(
                identity.model(),
                version(),
                decisionId(),
                identity.parentDigest(),
                mask,
                repaired.stream().map(each -> each.outcome().label()).toList(),
                new Manifest.Budget(budget.toString(), budget.share(), achieved),
                new Manifest.Window(window.start(), window.end()),
                window.any().fisher().samples(),
                window.any().fisher().effectiveSamples(),
                offsets(),
                identity.profile(),
                window.any().loss().label(),
                window.digest(),
                identity.seed(),
                CandidateDescription.TOOL);
    }
}
