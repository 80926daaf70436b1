package io.espalier.stream.assemble;

import io.espalier.batch.PrunedModel;
import io.espalier.model.TextClassifier;
import io.espalier.stream.type.TunedSublayer.Tuned;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Acceptance of a repair as a whole: it stands if the repaired model diverges no more from the
 * dense one, on held-out samples, than the same structure merely cut.
 *
 * <p>Each sublayer's solve lowers that sublayer's error on the samples it was made from; only
 * samples that took no part can say whether all of them together help.
 */
final class RepairAcceptance {

    private RepairAcceptance() {}

    /**
     * The candidate, or the same structure without repair and with the reason in every sublayer.
     *
     * @param dense the parent
     * @param judge over the window's held-out samples
     */
    static Candidate judged(Candidate candidate, TextClassifier dense, HeldOutJudge judge) {
        PrunedModel cut = PrunedModel.folded(dense, candidate.mask());
        double without = judge.divergence(cut);
        double with =
                judge.divergence(new PrunedModel(candidate.mask(), candidate.slimSublayers()));
        if (with <= without) {
            return candidate;
        }
        String reason =
                String.format(
                        Locale.ROOT,
                        "held-out divergence %.4f with all repairs, %.4f without",
                        with,
                        without);
        List<Tuned> tuned = new ArrayList<>();
        for (int s = 0; s < candidate.tuned().size(); s++) {
            Tuned each = candidate.tuned().get(s);
            List<String> refusals = new ArrayList<>(each.repaired().refusals());
            refusals.add(reason);
            RepairedProjection plain =
                    new RepairedProjection(
                            cut.sublayers().get(s).projection(),
                            RepairOutcome.UNCHANGED,
                            0,
                            refusals);
            tuned.add(new Tuned(each.mask(), plain, each.asItWas()));
        }
        return new Candidate(
                candidate.identity(),
                candidate.decision(),
                candidate.budget(),
                candidate.mask(),
                tuned);
    }
}
