package io.espalier.stream.decide;

import io.espalier.drift.ImportanceDistance;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.RestingMoments;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.type.SublayerSummary;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * One window's statistics of all sublayers.
 *
 * @param end exclusive end of the window
 * @param summaries one for each sublayer, in model order
 */
record WindowStatistics(long end, List<SublayerSummary> summaries) {

    /** Copies the list. */
    WindowStatistics {
        summaries = List.copyOf(summaries);
    }

    /**
     * From summaries in any order.
     *
     * @throws IllegalStateException if there is not one for each sublayer
     */
    static WindowStatistics of(
            long end, List<SublayerSummary> summaries, List<Sublayer> sublayers) {
        if (summaries.size() != sublayers.size()) {
            throw new IllegalStateException(
                    "window "
                            + end
                            + " has summaries of "
                            + summaries.size()
                            + " sublayers, the model has "
                            + sublayers.size());
        }
        return new WindowStatistics(
                end,
                summaries.stream()
                        .sorted(Comparator.comparingInt(each -> each.fisher().sublayer()))
                        .toList());
    }

    /** Any sublayer's; samples and lengths are the same of all. */
    SublayerSummary any() {
        return summaries.get(0);
    }

    /** First instant of the window. */
    long start() {
        return any().windowStart();
    }

    List<FisherSnapshot> snapshots() {
        return summaries.stream().map(SublayerSummary::fisher).toList();
    }

    List<RestingMoments> moments() {
        return summaries.stream().map(SublayerSummary::moments).toList();
    }

    /** The error curves of a window that has enough samples for them. */
    List<ErrorCurve> curves() {
        return summaries.stream()
                .map(summary -> Objects.requireNonNull(summary.curve(), "curve"))
                .toList();
    }

    /** Fisher diagonals [sublayer][units]. */
    List<float[]> diagonals() {
        return snapshots().stream().map(FisherSnapshot::diagonal).toList();
    }

    /** Importance profiles [sublayer][2][units] of the window's halves. */
    List<List<float[]>> profiles() {
        return snapshots().stream().map(FisherSnapshot::profiles).toList();
    }

    /** Distance of the importance in two halves of the window; NaN if it is not known. */
    double splitHalf(List<Sublayer> sublayers, SublayerKind kind) {
        return ImportanceDistance.within(sublayers, profiles(), kind);
    }

    /** SHA-256 over the digests of all sublayers' statistics, hexadecimal. */
    String digest() {
        return FisherSnapshot.digest(snapshots());
    }
}
