package io.espalier.report;

import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A picture of which units are kept: a row for each layer, attention heads one by one, feed-forward
 * neurons as a bar and as a strip of where they lie.
 *
 * <p>Made of one model, it shows kept and removed units; made of two pruned from one parent, also
 * those that only one of them keeps.
 */
public final class StructurePicture {

    private final List<LayerUnits> layers;
    private final boolean compares;

    private StructurePicture(List<LayerUnits> layers, boolean compares) {
        this.layers = layers;
        this.compares = compares;
    }

    /**
     * What a terminal can show.
     *
     * @param columns at least 72
     * @param unicode whether block characters can be written
     * @param colour whether it understands colours
     */
    public record Terminal(int columns, boolean unicode, boolean colour) {

        private static final int LEAST = 72;

        /** Refuses what is too narrow for any picture. */
        public Terminal {
            if (columns < LEAST) {
                throw new IllegalArgumentException(columns + " columns, least is " + LEAST);
            }
        }
    }

    /** The picture of one model; at least one sublayer, no more than one of a kind in a layer. */
    public static StructurePicture of(List<KeptUnits> kept) {
        return new StructurePicture(layers(kept, kept), false);
    }

    /**
     * The picture of what changes from one model, A, to another, B.
     *
     * @throws IllegalArgumentException if their sublayers are not the same
     */
    public static StructurePicture between(List<KeptUnits> before, List<KeptUnits> after) {
        if (before.size() != after.size()) {
            throw new IllegalArgumentException(
                    before.size() + " sublayers before, " + after.size() + " after");
        }
        return new StructurePicture(layers(before, after), true);
    }

    private static List<LayerUnits> layers(List<KeptUnits> before, List<KeptUnits> after) {
        if (after.isEmpty()) {
            throw new IllegalArgumentException("a picture of no sublayers");
        }
        SortedSet<Integer> indices = new TreeSet<>();
        after.forEach(units -> indices.add(units.layer()));
        List<LayerUnits> layers = new ArrayList<>();
        for (int layer : indices) {
            layers.add(
                    new LayerUnits(
                            layer,
                            UnitChange.of(before, after, layer, SublayerKind.ATTENTION),
                            UnitChange.of(before, after, layer, SublayerKind.FFN)));
        }
        return layers;
    }

    /** Lines for a terminal, each ended by a line feed and none wider than it. */
    public String text(Terminal terminal) {
        return new StructureText(layers, compares, terminal).draw();
    }

    /** A drawing of its own, for light and dark surroundings. */
    public String svg() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + new StructureSvg(layers, compares).file()
                + "\n";
    }

    /** The drawing for a page that has {@link StructureSvg#STYLE} in its own. */
    Element drawing(StructureSvg.Layout layout) {
        return new StructureSvg(layers, compares).element(layout);
    }
}
