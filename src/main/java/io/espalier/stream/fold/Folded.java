package io.espalier.stream.fold;

import io.espalier.stream.type.PaneStatistics;
import io.espalier.stream.window.WindowPlan;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the end of a pane makes of the panes so far: a window, or none yet, and what rests.
 *
 * @param start of the window
 * @param window its statistics; null if it is not full yet
 * @param rest panes that later windows need, by their ends
 */
record Folded(long start, @Nullable PaneStatistics window, SortedMap<Long, PaneStatistics> rest) {

    /**
     * Folds; a pure function but for {@code closed}, whose statistics it may change.
     *
     * @param end of the pane that just closed
     * @param closed panes up to it, by their ends; not empty
     * @param since start of a running window; null if this is its first pane
     */
    static Folded of(
            WindowPlan plan,
            long end,
            SortedMap<Long, PaneStatistics> closed,
            @Nullable Long since) {
        return switch (plan.type()) {
            case TUMBLING -> tumbling(plan, closed);
            case SLIDING -> sliding(plan, end, closed);
            case RUNNING -> running(plan, end, closed, since);
        };
    }

    private static Folded tumbling(WindowPlan plan, SortedMap<Long, PaneStatistics> closed) {
        long start = closed.firstKey() - plan.paneMillis();
        boolean full = samples(closed) >= plan.sizeSamples();
        return full
                ? new Folded(start, sum(closed), new TreeMap<>())
                : new Folded(start, null, closed);
    }

    private static Folded sliding(
            WindowPlan plan, long end, SortedMap<Long, PaneStatistics> closed) {
        if (plan.sizeSamples() == 0) {
            long start = end - plan.sizeMillis();
            SortedMap<Long, PaneStatistics> inside = new TreeMap<>(closed.tailMap(start + 1));
            // The oldest pane lies outside of the next window.
            return new Folded(
                    start,
                    sum(inside),
                    new TreeMap<>(inside.tailMap(start + plan.paneMillis() + 1)));
        }
        SortedMap<Long, PaneStatistics> fewest = new TreeMap<>(closed);
        while (fewest.size() > 1) {
            SortedMap<Long, PaneStatistics> without =
                    new TreeMap<>(fewest.tailMap(fewest.firstKey() + 1));
            if (samples(without) < plan.sizeSamples()) {
                break;
            }
            fewest = without;
        }
        long start = fewest.firstKey() - plan.paneMillis();
        boolean full = samples(fewest) >= plan.sizeSamples();
        return new Folded(start, full ? sum(fewest) : null, fewest);
    }

    private static Folded running(
            WindowPlan plan,
            long end,
            SortedMap<Long, PaneStatistics> closed,
            @Nullable Long since) {
        long start = since == null ? closed.firstKey() - plan.paneMillis() : since;
        PaneStatistics sum = new PaneStatistics();
        long at = closed.firstKey();
        for (var pane : closed.entrySet()) {
            sum.decay(plan.decay(pane.getKey() - at));
            sum.mergeAll(pane.getValue());
            at = pane.getKey();
        }
        sum.decay(plan.decay(end - at));
        SortedMap<Long, PaneStatistics> rest = new TreeMap<>();
        rest.put(end, sum);
        return new Folded(start, sum, rest);
    }

    private static long samples(SortedMap<Long, PaneStatistics> panes) {
        return panes.values().stream().mapToLong(PaneStatistics::samples).sum();
    }

    private static PaneStatistics sum(SortedMap<Long, PaneStatistics> panes) {
        List<PaneStatistics> all = List.copyOf(panes.values());
        return all.size() == 1 ? all.get(0) : PaneStatistics.sum(all);
    }
}
