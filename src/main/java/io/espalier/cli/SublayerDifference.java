package io.espalier.cli;

import io.espalier.artifact.MaskFile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The units of one sublayer in two masks.
 *
 * @param id of the sublayer
 * @param kind {@code attention} or {@code ffn}
 * @param units of the dense parent
 * @param keptByA number of units that A keeps
 * @param keptByB number of units that B keeps
 * @param keptByBoth number of units that both keep
 * @param jaccardDistance {@code 1 - |A and B| / |A or B|}; 0 if both keep nothing
 * @param rescaled number of units that both keep with another mask value
 * @param added ids of units that only B keeps
 * @param removed ids of units that only A keeps
 */
record SublayerDifference(
        String id,
        String kind,
        int units,
        int keptByA,
        int keptByB,
        int keptByBoth,
        double jaccardDistance,
        int rescaled,
        List<Integer> added,
        List<Integer> removed) {

    /** Copies the lists. */
    SublayerDifference {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }

    /**
     * Compares two masks of a sublayer.
     *
     * @throws CommandFailure if they are not of the same one
     */
    static SublayerDifference between(MaskFile.Row a, MaskFile.Row b) {
        if (!a.id().equals(b.id()) || a.units() != b.units()) {
            throw new CommandFailure(
                    "A has %d units in '%s' where B has %d in '%s'"
                            .formatted(
                                    a.units(),
                                    PlainText.of(a.id()),
                                    b.units(),
                                    PlainText.of(b.id())));
        }
        Map<Integer, Float> inA = values(a);
        Map<Integer, Float> inB = values(b);
        List<Integer> added = new ArrayList<>(b.kept());
        added.removeAll(inA.keySet());
        List<Integer> removed = new ArrayList<>(a.kept());
        removed.removeAll(inB.keySet());
        int both = a.kept().size() - removed.size();
        int rescaled = 0;
        for (Map.Entry<Integer, Float> unit : inA.entrySet()) {
            Float other = inB.get(unit.getKey());
            rescaled += other != null && !other.equals(unit.getValue()) ? 1 : 0;
        }
        return new SublayerDifference(
                PlainText.of(a.id()),
                PlainText.of(a.kind()),
                a.units(),
                a.kept().size(),
                b.kept().size(),
                both,
                jaccard(both, added.size() + removed.size()),
                rescaled,
                added,
                removed);
    }

    private static Map<Integer, Float> values(MaskFile.Row row) {
        if (row.kept().size() != row.values().size()) {
            throw new CommandFailure(
                    "mask.json: '%s' keeps %d units and has %d values"
                            .formatted(
                                    PlainText.of(row.id()),
                                    row.kept().size(),
                                    row.values().size()));
        }
        Map<Integer, Float> values = new HashMap<>();
        for (int i = 0; i < row.kept().size(); i++) {
            values.put(row.kept().get(i), row.values().get(i));
        }
        return values;
    }

    private static double jaccard(int both, int onlyOne) {
        return both + onlyOne == 0 ? 0 : (double) onlyOne / (both + onlyOne);
    }

    /** Numbers of two sublayers together, without ids. */
    SublayerDifference plus(SublayerDifference other) {
        int both = keptByBoth + other.keptByBoth;
        int fromA = keptByA + other.keptByA;
        int fromB = keptByB + other.keptByB;
        return new SublayerDifference(
                id,
                kind,
                units + other.units,
                fromA,
                fromB,
                both,
                jaccard(both, fromA + fromB - 2 * both),
                rescaled + other.rescaled,
                List.of(),
                List.of());
    }

    void addTo(TextTable table, String name) {
        table.row(
                name,
                keptByA + "/" + units,
                keptByB + "/" + units,
                Integer.toString(keptByBoth),
                "+" + (keptByB - keptByBoth),
                "-" + (keptByA - keptByBoth),
                String.format(Locale.ROOT, "%.3f", jaccardDistance),
                Integer.toString(rescaled));
    }
}
