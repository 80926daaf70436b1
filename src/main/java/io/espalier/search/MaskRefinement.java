package io.espalier.search;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.GradientRow;
import io.espalier.mask.PruningMask;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rearrangement of a searched mask, sublayer by sublayer, accepted only where held-out gradient
 * rows agree.
 *
 * <p>One row in five, by the hash of its sample, is held out; the others make the rearrangement. A
 * sublayer's new set stands if its objective on the held-out rows is lower than the searched set's.
 */
public final class MaskRefinement {

    private static final int HELD_OUT_ONE_IN = 5;

    /** Fewest rows on either side that make a rearrangement worth the risk. */
    private static final int MIN_ROWS = 8;

    private final List<Optional<Split>> splits;

    /** The rearrangement of one sublayer and its judge; absent where rows are too few. */
    private record Split(Rearrangement fit, Rearrangement judge) {}

    /** Prepares all sublayers; any number of budgets share the work. */
    public MaskRefinement(List<FisherSnapshot> snapshots) {
        this.splits = new ArrayList<>();
        for (FisherSnapshot snapshot : snapshots) {
            splits.add(split(snapshot));
        }
    }

    private static Optional<Split> split(FisherSnapshot snapshot) {
        List<float[]> fit = new ArrayList<>();
        List<float[]> judge = new ArrayList<>();
        for (GradientRow row : snapshot.rows()) {
            boolean heldOut = Long.remainderUnsigned(row.hash(), HELD_OUT_ONE_IN) == 0;
            (heldOut ? judge : fit).add(row.gradient());
        }
        if (fit.size() < MIN_ROWS || judge.size() < MIN_ROWS) {
            return Optional.empty();
        }
        return Optional.of(new Split(rearrangement(fit), rearrangement(judge)));
    }

    private static Rearrangement rearrangement(List<float[]> rows) {
        return new Rearrangement(rows, Rearrangement.DEFAULT_RIDGE, Rearrangement.DEFAULT_SWEEPS);
    }

    /** The refined mask; it keeps as many units of every sublayer as the searched one. */
    public PruningMask refine(PruningMask searched) {
        float[][] values = new float[searched.sublayers().size()][];
        for (int s = 0; s < values.length; s++) {
            float[] row = searched.values(s);
            splits.get(s).ifPresent(split -> refine(row, split));
            values[s] = row;
        }
        return PruningMask.of(searched.sublayers(), values);
    }

    private static void refine(float[] values, Split split) {
        int[] before =
                IntStream.range(0, values.length).filter(unit -> values[unit] == 0f).toArray();
        int[] after = split.fit().prune(before);
        if (split.judge().objective(after) < split.judge().objective(before)) {
            java.util.Arrays.fill(values, 1f);
            for (int unit : after) {
                values[unit] = 0f;
            }
        }
    }
}
