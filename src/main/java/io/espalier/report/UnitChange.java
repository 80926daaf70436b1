package io.espalier.report;

import io.espalier.mask.SublayerKind;
import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.List;

/**
 * The units of one sublayer in two models; one model is a change from itself to itself.
 *
 * @param units of the dense parent
 * @param before kept by the first; not to be written to
 * @param after kept by the second; not to be written to
 */
record UnitChange(int units, BitSet before, BitSet after) {

    /** What became of one unit. */
    enum State {
        KEPT,
        GONE,
        ADDED,
        DROPPED
    }

    /** The change of a layer's units of a kind; null if there are none. */
    static @Nullable UnitChange of(
            List<KeptUnits> before, List<KeptUnits> after, int layer, SublayerKind kind) {
        KeptUnits then = find(before, layer, kind);
        KeptUnits now = find(after, layer, kind);
        if (then == null && now == null) {
            return null;
        }
        if (then == null || now == null || then.units() != now.units()) {
            throw new IllegalArgumentException(
                    "%s of layer %d has %s units before, %s after"
                            .formatted(
                                    kind.label(),
                                    layer,
                                    then == null ? "no" : then.units(),
                                    now == null ? "no" : now.units()));
        }
        return new UnitChange(now.units(), then.bits(), now.bits());
    }

    private static @Nullable KeptUnits find(List<KeptUnits> all, int layer, SublayerKind kind) {
        return all.stream()
                .filter(units -> units.layer() == layer && units.kind() == kind)
                .findFirst()
                .orElse(null);
    }

    State state(int unit) {
        if (after.get(unit)) {
            return before.get(unit) ? State.KEPT : State.ADDED;
        }
        return before.get(unit) ? State.DROPPED : State.GONE;
    }

    /** How many units are in a state. */
    int count(State state) {
        return count(state, 0, units);
    }

    private int count(State state, int from, int to) {
        int count = 0;
        for (int unit = from; unit < to; unit++) {
            count += state(unit) == state ? 1 : 0;
        }
        return count;
    }

    /** Share of a bin's units that are in a state; bins are of nearly equal size. */
    double share(State state, int bin, int bins) {
        int from = (int) ((long) units * bin / bins);
        int to = (int) ((long) units * (bin + 1) / bins);
        return (double) count(state, from, to) / (to - from);
    }

    /** How many units the second model keeps. */
    int kept() {
        return after.cardinality();
    }

    String words() {
        String kept = Words.count(kept()) + " of " + Words.count(units);
        int added = count(State.ADDED);
        int dropped = count(State.DROPPED);
        return added + dropped == 0
                ? kept
                : kept
                        + " ("
                        + Words.count(added)
                        + " only by B, "
                        + Words.count(dropped)
                        + " only by A)";
    }
}
