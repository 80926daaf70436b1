package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.Traffic.Item;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the statistics of each window have to be, from the samples alone and in no hurry. */
public final class WindowOracle {

    private final EspalierConfig config;
    private final SortedMap<Long, List<String>> scored = new TreeMap<>();
    private final SortedMap<Long, List<String>> heldOut = new TreeMap<>();

    /**
     * The statistics of one window.
     *
     * @param windowEnd exclusive
     * @param samples scored samples
     * @param digest of their statistics
     */
    public record Statistics(long windowEnd, long samples, String digest) {

        /** What a mask update says of its window. */
        public static Statistics of(MaskUpdate mask) {
            return new Statistics(
                    mask.getWindowEnd(), mask.getSamples(), mask.getStatisticsDigest());
        }
    }

    /**
     * How many samples came into a window.
     *
     * @param windowEnd exclusive
     * @param scored samples that were scored
     * @param heldOut samples that judged
     */
    public record Counts(long windowEnd, long scored, long heldOut) {

        /** What a drift report says of its window. */
        public static Counts of(DriftReport report) {
            return new Counts(
                    report.getWindowEnd(), report.getSamples(), report.getHeldOutSamples());
        }
    }

    public WindowOracle(EspalierConfig config, List<Item> good) {
        this.config = config;
        HeldOutShare share = new HeldOutShare(config.heldOut().share(), ~config.seed());
        for (Item item : good) {
            String id = item.sample().getId();
            (share.contains(id) ? heldOut : scored)
                    .computeIfAbsent(item.windowEnd(), end -> new ArrayList<>())
                    .add(id);
        }
    }

    /** The ends of all windows, ascending. */
    public List<Long> windowEnds() {
        return List.copyOf(scored.keySet());
    }

    /** The statistics of each window, in order. */
    public List<Statistics> statistics() {
        List<Statistics> all = new ArrayList<>();
        scored.forEach((end, ids) -> all.add(new Statistics(end, ids.size(), digest(ids))));
        return all;
    }

    /** The number of samples in each window, in order. */
    public List<Counts> counts() {
        List<Counts> all = new ArrayList<>();
        scored.forEach(
                (end, ids) ->
                        all.add(
                                new Counts(
                                        end,
                                        ids.size(),
                                        heldOut.getOrDefault(end, List.of()).size())));
        return all;
    }

    private String digest(List<String> ids) {
        return digestOf(
                SyntheticScorer.statisticsOf(
                        TinyBert.sublayers(),
                        config.statistics().gradientRows(),
                        config.seed(),
                        ids));
    }

    /** What a mask update says of statistics that it was decided on. */
    static String digestOf(List<SublayerStatistics> statistics) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (SublayerStatistics sublayer : statistics) {
                digest.update(sublayer.snapshot().digest());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
