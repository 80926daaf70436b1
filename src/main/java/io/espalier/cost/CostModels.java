package io.espalier.cost;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;

/**
 * What the cost models of one parent are made of, whatever its traffic.
 *
 * @param hidden d
 * @param latency null if no budget counts latency
 */
public record CostModels(int hidden, @Nullable LatencyTable latency) implements Serializable {

    /** The models of a parent whose latency was not measured. */
    public static CostModels counted(int hidden) {
        return new CostModels(hidden, null);
    }

    /**
     * What a metric counts, at the lengths of a traffic.
     *
     * @param meanLength E[T]
     * @param meanSquaredLength E[T^2]
     * @throws IllegalArgumentException if latency is asked for and there is no table
     */
    public CostModel of(CostMetric metric, double meanLength, double meanSquaredLength) {
        return switch (metric) {
            case MACS -> new MacCost(hidden, meanLength, meanSquaredLength);
            case PARAMS -> new ParameterCost(hidden);
            case LATENCY -> {
                if (latency == null) {
                    throw new IllegalArgumentException(
                            "a latency budget needs a latency table, and there is none");
                }
                yield latency;
            }
        };
    }
}
