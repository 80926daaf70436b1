package io.espalier.tuning;

import io.espalier.linalg.Lsmr;
import io.espalier.linalg.LsmrResult;
import io.espalier.linalg.StopReason;
import io.espalier.linalg.SymmetricOperator;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Mask values by the published rule (Kwon et al., NeurIPS 2022, and its implementation): LSMR on
 * the Gram matrix itself, and the whole vector or nothing.
 *
 * <pre>
 *   m = 1 + delta,     min over delta of  |G delta - (b - G 1)|^2 + |delta|^2
 * </pre>
 *
 * <p>Working on G squares the condition number once more and the damping of 1 is tiny against G, so
 * it often ends at the iteration limit; it is kept for comparison, {@link ProjectionRepair} is
 * better. Tolerances 1e-6, condition limit 1e8, at most 5n iterations. The offset of an attention
 * system is solved for, then dropped and not judged.
 */
public final class PublishedTuning {

    /** Largest mask value that is accepted, in either direction. */
    public static final float LARGEST_VALUE = 10;

    private PublishedTuning() {}

    /** What became of a solve. */
    public enum Verdict {
        /** The values are used. */
        ACCEPTED("accepted"),
        /** LSMR stopped for another reason than that it had solved the system. */
        NOT_SOLVED("LSMR did not solve it"),
        /** A value lies outside [-10, 10]. */
        OUT_OF_RANGE("a value lies outside [-10, 10]"),
        /** Exactly one neuron is kept: the published implementation fails there. */
        SINGLE_NEURON("undefined for exactly one kept neuron"),
        /** System or solution holds a NaN or infinity, which the implementation lets pass. */
        NOT_FINITE("undefined for numbers that are not finite");

        private final String sentence;

        Verdict(String sentence) {
            this.sentence = sentence;
        }

        /** The verdict for a report. */
        public String sentence() {
            return sentence;
        }
    }

    /**
     * A solve and its verdict.
     *
     * @param values the mask values [units] that were solved for, accepted or not; empty if nothing
     *     was solved
     * @param reason why LSMR stopped; null if it did not run to an end
     * @param verdict what became of it
     */
    @SuppressWarnings("ArrayRecordComponent") // Read by index, never compared.
    public record Solution(float[] values, @Nullable StopReason reason, Verdict verdict) {}

    /** Solves one system and judges it. */
    public static Solution solve(MaskValueSystem system) {
        int n = system.order();
        if (n == 1) {
            return new Solution(new float[0], null, Verdict.SINGLE_NEURON);
        }
        double[] right = system.right().clone();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                right[i] -= system.gram()[i * n + j];
            }
        }
        if (!Arrays.stream(right).allMatch(Double::isFinite)) {
            return new Solution(new float[0], null, Verdict.NOT_FINITE);
        }
        LsmrResult result;
        try {
            result =
                    new Lsmr(new Lsmr.Settings(1, 1e-6, 1e-6, 1e8, Math.multiplyExact(5, n)))
                            .solve(new SymmetricOperator(system.gram(), n), right);
        } catch (ArithmeticException overflow) {
            return new Solution(new float[0], null, Verdict.NOT_FINITE);
        }
        float[] values = new float[system.units()];
        for (int u = 0; u < values.length; u++) {
            values[u] = (float) (1 + result.x()[u]);
        }
        return new Solution(values, result.reason(), verdict(values, result.reason()));
    }

    private static Verdict verdict(float[] values, StopReason reason) {
        if (reason.code() > StopReason.LEAST_SQUARES.code()) {
            return Verdict.NOT_SOLVED;
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return Verdict.NOT_FINITE;
            }
            if (Math.abs(value) > LARGEST_VALUE) {
                return Verdict.OUT_OF_RANGE;
            }
        }
        return Verdict.ACCEPTED;
    }
}
