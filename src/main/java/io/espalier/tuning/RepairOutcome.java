package io.espalier.tuning;

import java.util.Locale;

/** How far the repair of one sublayer got. */
public enum RepairOutcome {
    /** Weights and bias were solved anew, or nothing had been removed. */
    RESOLVED,
    /** The kept units were scaled anew; the bias makes up the mean. */
    MASK_VALUES,
    /** The kept weights are the dense ones with their mask values; the bias makes up the mean. */
    BIAS_ONLY,
    /**
     * The kept weights are the dense ones with their mask values, and the bias is the dense one.
     */
    UNCHANGED;

    /** Whether the kept units make up for the removed ones. */
    public boolean solved() {
        return this == RESOLVED || this == MASK_VALUES;
    }

    /** The name used in manifests and reports: {@code resolved}, {@code bias-only}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
