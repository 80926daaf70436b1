package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.Traffic.Item;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What windows of several panes of {@link Traffic#WINDOW_MILLIS} have to be: each is summed anew
 * from all its samples, a sample of weight w.
 *
 * <p>A sliding window weighs its panes 1. A running one weighs a pane that ended a half-lives ago
 * 2^-a, all at once; the job halves its sum again and again. With whole half-lives both are exact.
 */
final class PaneOracle {

    private final EspalierConfig config;
    private final SortedMap<Long, List<String>> scored = new TreeMap<>();
    private final SortedMap<Long, List<String>> heldOut = new TreeMap<>();

    /**
     * A window.
     *
     * @param start inclusive
     * @param end exclusive
     * @param samples scored samples, whatever their weight
     * @param effective (sum w)^2 / sum w^2 of them
     * @param heldOut samples that judge
     * @param digest of the statistics
     */
    record Window(
            long start, long end, long samples, double effective, long heldOut, String digest) {}

    PaneOracle(EspalierConfig config, List<Item> good) {
        this.config = config;
        HeldOutShare share = HeldOutShare.of(config.heldOut().share(), config.seed());
        for (Item item : good) {
            String id = item.sample().getId();
            (share.contains(id) ? heldOut : scored)
                    .computeIfAbsent(item.windowEnd(), end -> new ArrayList<>())
                    .add(id);
        }
    }

    /** The windows of so many panes each, one with each pane. */
    List<Window> sliding(int panes) {
        List<Window> windows = new ArrayList<>();
        for (long end : scored.keySet()) {
            long start = end - panes * Traffic.WINDOW_MILLIS;
            windows.add(window(start, start, end, Integer.MAX_VALUE));
        }
        return windows;
    }

    /** The windows of all panes so far, one with each pane. */
    List<Window> running(int panesOfHalfLife) {
        List<Window> windows = new ArrayList<>();
        long start = scored.firstKey() - Traffic.WINDOW_MILLIS;
        for (long end : scored.keySet()) {
            long judges = Math.max(start, end - panesOfHalfLife * Traffic.WINDOW_MILLIS);
            windows.add(window(start, judges, end, panesOfHalfLife));
        }
        return windows;
    }

    private Window window(long start, long judgesSince, long end, int panesOfHalfLife) {
        double weights = 0;
        double squares = 0;
        long samples = 0;
        for (var pane : scored.subMap(start + 1, end + 1).entrySet()) {
            double weight = weight(pane.getKey(), end, panesOfHalfLife);
            samples += pane.getValue().size();
            weights += weight * pane.getValue().size();
            squares += weight * weight * pane.getValue().size();
        }
        return new Window(
                start,
                end,
                samples,
                weights * weights / squares,
                heldOut.subMap(judgesSince + 1, end + 1).values().stream()
                        .mapToInt(List::size)
                        .sum(),
                WindowOracle.digestOf(statistics(start, end, panesOfHalfLife)));
    }

    /** The statistics of a window, one for each sublayer. */
    List<SublayerStatistics> statistics(long start, long end, int panesOfHalfLife) {
        List<SublayerStatistics> sums = of(List.of());
        for (var pane : scored.subMap(start + 1, end + 1).entrySet()) {
            List<SublayerStatistics> part = of(pane.getValue());
            for (int sublayer = 0; sublayer < sums.size(); sublayer++) {
                part.get(sublayer).decay(weight(pane.getKey(), end, panesOfHalfLife));
                sums.get(sublayer).merge(part.get(sublayer));
            }
        }
        return sums;
    }

    private List<SublayerStatistics> of(List<String> ids) {
        return SyntheticScorer.statisticsOf(
                TinyBert.sublayers(), config.statistics().gradientRows(), config.seed(), ids);
    }

    private static double weight(long paneEnd, long end, int panesOfHalfLife) {
        return Math.scalb(1.0, (int) -((end - paneEnd) / Traffic.WINDOW_MILLIS / panesOfHalfLife));
    }
}
