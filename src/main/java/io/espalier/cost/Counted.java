package io.espalier.cost;

import org.jspecify.annotations.Nullable;

/**
 * What budgets count.
 *
 * @param metric what is counted
 * @param workload on which; null for the only one, and for metrics but latency
 */
public record Counted(CostMetric metric, @Nullable Workload workload) {

    /** Multiply-accumulates. */
    public static final Counted MACS = new Counted(CostMetric.MACS, null);
}
