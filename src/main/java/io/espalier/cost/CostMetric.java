package io.espalier.cost;

import java.util.Locale;

/** What a budget counts. */
public enum CostMetric {
    /** Multiply-accumulate operations of the encoder's units at the traffic's lengths. */
    MACS,
    /** Parameters of the encoder's units. */
    PARAMS,
    /** Measured milliseconds of the encoder's sublayers. */
    LATENCY;

    /** The name used in budgets: {@code macs}, {@code params}, {@code latency}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
