package io.espalier.cost;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.List;

/**
 * What the cost models of one parent are made of, whatever its traffic.
 *
 * @param hidden d
 * @param latency null if no budget counts latency
 */
public record CostModels(int hidden, @Nullable LatencyTables latency) implements Serializable {

    /** The models of a parent whose latency was not measured. */
    public static CostModels counted(int hidden) {
        return new CostModels(hidden, null);
    }

    /**
     * The model of what is counted, at the lengths of a traffic.
     *
     * @param meanLength E[T]
     * @param meanSquaredLength E[T^2]
     * @throws IllegalArgumentException if latency is asked for and there is no table of it
     */
    public CostModel of(Counted counted, double meanLength, double meanSquaredLength) {
        return switch (counted.metric()) {
            case MACS -> new MacCost(hidden, meanLength, meanSquaredLength);
            case PARAMS -> new ParameterCost(hidden);
            case LATENCY -> {
                if (latency == null) {
                    throw new IllegalArgumentException(
                            "a latency budget needs a latency table, and there is none");
                }
                yield latency.of(counted.workload());
            }
        };
    }

    /**
     * Makes sure that every budget can be counted.
     *
     * @throws IllegalArgumentException naming the first that cannot be, and why
     */
    public void requireAll(List<Budget> budgets) {
        for (Budget budget : budgets) {
            try {
                of(budget.counted(), 1, 1);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("budget '" + budget + "': " + e.getMessage(), e);
            }
        }
    }
}
