package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.model.Encoding;

import java.util.List;

/**
 * How long the texts of a traffic are, in tokens.
 *
 * @param mean E[T]
 * @param meanSquared E[T^2]
 */
public record SampleLengths(double mean, double meanSquared) {

    /** The lengths of samples at hand; at least one. */
    public static SampleLengths of(List<Encoding> samples) {
        return new SampleLengths(
                samples.stream().mapToDouble(Encoding::length).average().orElseThrow(),
                samples.stream()
                        .mapToDouble(sample -> (double) sample.length() * sample.length())
                        .average()
                        .orElseThrow());
    }

    /** Multiply-accumulates at these lengths. */
    public MacCost macs(CostModels costs) {
        return new MacCost(costs.hidden(), mean, meanSquared);
    }

    /** Share of what a budget counts that a mask keeps at these lengths. */
    public double share(CostModels costs, Budget budget, PruningMask mask) {
        return costs.of(budget.counted(), mean, meanSquared).share(mask);
    }
}
