package io.espalier.stream.decide;

import io.espalier.drift.FisherDrift;
import io.espalier.drift.ImportanceDistance;
import io.espalier.drift.NoiseFloor;
import io.espalier.mask.MaskDelta;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.stream.type.LiveModel;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How one kind of unit stands against what is live and against the first decision; NaN where there
 * is none to compare with.
 *
 * @param units units of this kind
 * @param kept units that the mask keeps
 * @param trace sum of the Fisher diagonal
 * @param distance Hellinger distance of the importance to the live model's baseline
 * @param floor what chance alone makes of that distance
 * @param jaccardLive Jaccard distance of kept units to the live mask
 * @param jaccardFirst the same to the first mask
 * @param cosineLive cosine of the Fisher diagonal with the live model's baseline
 * @param cosineFirst the same with the first decision's
 */
record KindDrift(
        int units,
        int kept,
        double trace,
        double distance,
        double floor,
        double jaccardLive,
        double jaccardFirst,
        double cosineLive,
        double cosineFirst) {

    /** Before a mask is known. */
    static KindDrift of(
            WindowStatistics window,
            List<Sublayer> sublayers,
            SublayerKind kind,
            NoiseFloor floor,
            BudgetMemory memory) {
        LiveModel live = memory.live();
        LiveModel first = memory.first();
        List<float[]> now = window.diagonals();
        double none = Double.NaN;
        return new KindDrift(
                PruningMask.dense(sublayers).countUnits(kind),
                0,
                FisherDrift.trace(sublayers, now, kind),
                live == null
                        ? none
                        : ImportanceDistance.between(
                                sublayers, live.profiles(), window.profiles(), kind),
                floor.value(),
                none,
                none,
                live == null ? none : FisherDrift.cosine(sublayers, live.diagonals(), now, kind),
                first == null ? none : FisherDrift.cosine(sublayers, first.diagonals(), now, kind));
    }

    /** The same with a mask. */
    KindDrift with(PruningMask mask, SublayerKind kind, BudgetMemory memory) {
        return new KindDrift(
                units,
                mask.countKept(kind),
                trace,
                distance,
                floor,
                jaccard(memory.live(), mask, kind),
                jaccard(memory.first(), mask, kind),
                cosineLive,
                cosineFirst);
    }

    private static double jaccard(
            @Nullable LiveModel earlier, PruningMask mask, SublayerKind kind) {
        if (earlier == null) {
            return Double.NaN;
        }
        PruningMask before =
                PruningMask.of(mask.sublayers(), earlier.mask().toArray(float[][]::new));
        return MaskDelta.between(before, mask, kind).jaccardDistance();
    }

    /** Distance over floor; NaN as long as the floor is not learned. */
    double ratio(NoiseFloor learning) {
        return learning.learned() ? distance / floor : Double.NaN;
    }
}
