package io.espalier.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * What chance alone does to a distance between windows: the distances between the two halves of
 * each of the last windows, and their 95th percentile.
 *
 * <p>Distances between windows are of halves, too, so the floor is on their scale. Immutable.
 *
 * @param recent split-half distances, the oldest first, at most {@value #WINDOWS}
 */
public record NoiseFloor(List<Double> recent) {

    /** Windows that are remembered. */
    public static final int WINDOWS = 20;

    /** Windows before which the floor is not to be trusted. */
    public static final int LEARNED = 5;

    private static final double QUANTILE = 0.95;

    /** Before the first window. */
    public static final NoiseFloor UNKNOWN = new NoiseFloor(List.of());

    /** Copies the list. */
    public NoiseFloor {
        recent = List.copyOf(recent);
    }

    /** The floor after one more window; a distance that is not known changes nothing. */
    public NoiseFloor with(double splitHalf) {
        if (Double.isNaN(splitHalf)) {
            return this;
        }
        List<Double> all = new ArrayList<>(recent);
        all.add(splitHalf);
        return new NoiseFloor(all.subList(Math.max(0, all.size() - WINDOWS), all.size()));
    }

    /** Whether enough windows were seen. */
    public boolean learned() {
        return recent.size() >= LEARNED;
    }

    /** The floor, nearest rank; NaN before the first window. */
    public double value() {
        if (recent.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = recent.stream().sorted().toList();
        return sorted.get((int) Math.ceil(QUANTILE * sorted.size()) - 1);
    }
}
