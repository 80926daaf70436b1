package io.espalier.drift;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.Locale;

/**
 * Whether a candidate may become live: only if held-out samples show that it errs at most a margin
 * more often than what is live now.
 *
 * <p>The burden of proof is the candidate's: the upper confidence bound of the paired difference
 * has to be within the margin, so too few samples are no pass. Errors are wrong labels if enough
 * samples have one, else answers other than the dense model's. The first candidate is compared with
 * the dense model. Later ones may fall short of the dense model's by more than the tolerance only
 * if they are no worse than the live one: many small margins must not add up.
 *
 * @param margin by which a candidate's error rate may exceed the live model's, in [0, 1]
 * @param tolerance by which it may exceed the dense model's, in [0, 1]
 * @param confidence one-sided, in (0.5, 1)
 * @param minSamples held-out samples without which there is no promotion, at least 1
 */
public record PromotionPolicy(double margin, double tolerance, double confidence, int minSamples)
        implements Serializable {

    /** Checks the ranges. */
    public PromotionPolicy {
        if (!(margin >= 0 && margin <= 1 && tolerance >= 0 && tolerance <= 1)
                || !(confidence > 0.5 && confidence < 1)
                || minSamples < 1) {
            throw new IllegalArgumentException(
                    "margin %s, tolerance %s, confidence %s, minimum of %s samples"
                            .formatted(margin, tolerance, confidence, minSamples));
        }
    }

    /** What counts as an error. */
    public enum Measure {
        /** Another class than the label. */
        ACCURACY,
        /** Another class than the dense model's. */
        AGREEMENT;

        /** The name used in reports. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The outcome with its numbers.
     *
     * @param promoted whether the candidate may become live
     * @param measure what was counted
     * @param samples judged by
     * @param difference of the error rates, candidate less reference; NaN without samples
     * @param bound what that is at most, at the policy's confidence; NaN without samples
     * @param limit the bound's own limit
     * @param reason all of it in a sentence
     */
    public record Verdict(
            boolean promoted,
            Measure measure,
            int samples,
            double difference,
            double bound,
            double limit,
            String reason) {}

    /** The verdict on a candidate that nothing could judge. */
    public Verdict unjudged(String reason) {
        double none = Double.NaN;
        return new Verdict(false, Measure.AGREEMENT, 0, none, none, margin, reason);
    }

    /**
     * Judges.
     *
     * @param candidate its answers
     * @param live the live model's on the same samples; null if nothing is live
     * @param dense the dense model's
     */
    public Verdict judge(
            HeldOutAnswers candidate, @Nullable HeldOutAnswers live, HeldOutAnswers dense) {
        Measure measure = candidate.labelled() >= minSamples ? Measure.ACCURACY : Measure.AGREEMENT;
        PairedDifference toDense = difference(measure, candidate, dense);
        if (toDense.samples() < minSamples) {
            return unjudged(
                    "%d held-out samples; a promotion needs %d"
                            .formatted(toDense.samples(), minSamples));
        }
        if (live == null) {
            return verdict(measure, toDense, "the dense model", tolerance);
        }
        PairedDifference toLive = difference(measure, candidate, live);
        if (toDense.estimate() > tolerance && toLive.estimate() > 0) {
            return verdict(measure, toDense, "the dense model", tolerance);
        }
        return verdict(measure, toLive, "the live model", margin);
    }

    private static PairedDifference difference(
            Measure measure, HeldOutAnswers one, HeldOutAnswers other) {
        return measure == Measure.ACCURACY
                ? PairedDifference.of(one.right(), other.right())
                : PairedDifference.of(one.agreeing(), other.agreeing());
    }

    /** A difference of error rates as one of right answers. */
    private static String side(double difference) {
        return String.format(
                Locale.ROOT, "%.4f %s", Math.abs(difference), difference < 0 ? "above" : "below");
    }

    private Verdict verdict(
            Measure measure, PairedDifference difference, String reference, double limit) {
        double bound = difference.upperBound(confidence);
        String reason =
                String.format(
                        Locale.ROOT,
                        "%s %s %s's on %d samples, at %s confidence at worst %s; allowed %s",
                        measure.label(),
                        side(difference.estimate()),
                        reference,
                        difference.samples(),
                        confidence,
                        side(bound),
                        side(limit));
        return new Verdict(
                bound <= limit,
                measure,
                difference.samples(),
                difference.estimate(),
                bound,
                limit,
                reason);
    }
}
