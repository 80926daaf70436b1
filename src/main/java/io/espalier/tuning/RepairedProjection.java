package io.espalier.tuning;

import io.espalier.mask.Projection;

import java.util.List;

/**
 * The output projection of one pruned sublayer, with the story of its repair.
 *
 * @param projection over the kept inputs alone, kept units times unit width, in ascending order;
 *     complete: no mask value remains to be applied
 * @param outcome the rung of the ladder that held
 * @param ridge the ridge &rho; of the solve; 0 if none was needed or none held
 * @param refusals why each rung above was refused, in order; empty if the first held
 */
public record RepairedProjection(
        Projection projection, RepairOutcome outcome, double ridge, List<String> refusals) {

    /** Copies the list. */
    public RepairedProjection {
        refusals = List.copyOf(refusals);
    }
}
