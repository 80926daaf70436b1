package io.espalier.stream.decide;

import io.espalier.artifact.SlimSublayer;
import io.espalier.batch.PrunedModel;
import io.espalier.model.TextClassifier;
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
        double with = judge.divergence(candidate.model());
        if (with <= without) {
            return candidate;
        }
        String reason =
                String.format(
                        Locale.ROOT,
                        "held-out divergence %.4f with all repairs, %.4f without",
                        with,
                        without);
        List<RepairedProjection> plain = new ArrayList<>();
        for (int s = 0; s < candidate.repaired().size(); s++) {
            List<String> refusals = new ArrayList<>(candidate.repaired().get(s).refusals());
            refusals.add(reason);
            SlimSublayer sublayer = cut.sublayers().get(s);
            plain.add(
                    new RepairedProjection(
                            sublayer.projection(), RepairOutcome.UNCHANGED, 0, refusals));
        }
        return candidate.with(plain);
    }
}
