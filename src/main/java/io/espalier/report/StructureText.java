package io.espalier.report;

import io.espalier.report.StructurePicture.Terminal;
import io.espalier.report.UnitChange.State;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The picture in characters: columns for the layer, the heads with their number, the neurons as a
 * bar with their number, and where they lie. A comparison has no numbers; they need a table.
 */
final class StructureText {

    private static final String PLAIN = "\u001b[0m";
    private static final Map<State, String> COLOURS =
            Map.of(
                    State.KEPT, "\u001b[32m",
                    State.GONE, "\u001b[2m",
                    State.ADDED, "\u001b[36m",
                    State.DROPPED, "\u001b[31m");

    private static final String LAYER = "layer";
    private static final String HEADS = "heads";
    private static final String NEURONS = "neurons";
    private static final String GAP = "  ";
    private static final int MOST_CELLS = 24;
    private static final double BAR_PART = 0.4;

    private final List<LayerUnits> layers;
    private final boolean compares;
    private final Terminal terminal;
    private final int cells;
    private final int headCount;
    private final int bar;
    private final int neuronCount;
    private final int strip;

    StructureText(List<LayerUnits> layers, boolean compares, Terminal terminal) {
        this.layers = layers;
        this.compares = compares;
        this.terminal = terminal;
        int heads = widest(LayerUnits::heads, UnitChange::units);
        this.cells = heads == 0 ? 0 : Math.max(HEADS.length(), Math.min(MOST_CELLS, heads));
        this.headCount = compares ? 0 : widest(LayerUnits::heads, each -> count(each).length());
        this.neuronCount = compares ? 0 : widest(LayerUnits::neurons, each -> count(each).length());
        int left = terminal.columns() - LAYER.length();
        for (int column : new int[] {cells, headCount, neuronCount}) {
            left -= column == 0 ? 0 : GAP.length() + column;
        }
        boolean any = widest(LayerUnits::neurons, UnitChange::units) > 0;
        int room = left - GAP.length();
        this.bar = !any ? 0 : compares ? room : (int) (BAR_PART * (room - GAP.length()));
        this.strip = !any || compares ? 0 : room - GAP.length() - bar;
    }

    private int widest(
            Function<LayerUnits, @Nullable UnitChange> lane, ToIntFunction<UnitChange> width) {
        return layers.stream().map(lane).filter(Objects::nonNull).mapToInt(width).max().orElse(0);
    }

    String draw() {
        StringBuilder out = new StringBuilder();
        line(
                out,
                LAYER,
                padded(HEADS, cells),
                padded("", headCount),
                padded(NEURONS, bar),
                padded("", neuronCount),
                strip == 0 ? "" : "where they lie");
        for (LayerUnits row : layers) {
            UnitChange heads = row.heads();
            UnitChange neurons = row.neurons();
            line(
                    out,
                    flushRight(Integer.toString(row.layer()), LAYER.length()),
                    heads == null ? padded("", cells) : heads(heads),
                    heads == null ? padded("", headCount) : flushRight(count(heads), headCount),
                    neurons == null ? "" : bar(neurons, bar),
                    neurons == null ? "" : flushRight(count(neurons), neuronCount),
                    neurons == null || strip == 0 ? "" : strip(neurons));
        }
        line(out, " ".repeat(LAYER.length()), legend());
        return out.toString();
    }

    /** Cells with gaps between them; a column without width has none. */
    private static void line(StringBuilder out, String... cells) {
        StringBuilder line = new StringBuilder();
        for (String cell : cells) {
            line.append(line.isEmpty() || cell.isEmpty() ? "" : GAP).append(cell);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static String padded(String text, int width) {
        return width == 0 ? "" : text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String flushRight(String text, int width) {
        return width == 0 ? "" : " ".repeat(width - text.length()) + text;
    }

    private static String count(UnitChange units) {
        return units.kept() + "/" + units.units();
    }

    private String heads(UnitChange heads) {
        if (heads.units() > cells) {
            return bar(heads, cells);
        }
        List<State> states = new ArrayList<>();
        for (int head = 0; head < heads.units(); head++) {
            states.add(heads.state(head));
        }
        return coloured(states, states.stream().map(state -> glyph(state, "■")).toList())
                + " ".repeat(cells - heads.units());
    }

    /** Shares as lengths; whatever there is at all has a character. */
    private String bar(UnitChange units, int width) {
        Map<State, Integer> lengths = new EnumMap<>(State.class);
        int total = 0;
        for (State state : State.values()) {
            int count = units.count(state);
            int length = (int) Math.round((double) count * width / units.units());
            lengths.put(state, count > 0 ? Math.max(1, length) : 0);
            total += lengths.getOrDefault(state, 0);
        }
        State longest = State.KEPT;
        for (State state : State.values()) {
            longest =
                    lengths.getOrDefault(state, 0) > lengths.getOrDefault(longest, 0)
                            ? state
                            : longest;
        }
        lengths.merge(longest, width - total, Integer::sum);
        List<State> states = new ArrayList<>();
        for (State state : List.of(State.KEPT, State.ADDED, State.DROPPED, State.GONE)) {
            for (int i = 0; i < lengths.getOrDefault(state, 0); i++) {
                states.add(state);
            }
        }
        return coloured(states, states.stream().map(state -> glyph(state, "█")).toList());
    }

    private String strip(UnitChange neurons) {
        int bins = Math.min(strip, neurons.units());
        List<State> states = new ArrayList<>();
        List<String> glyphs = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            double share = neurons.share(State.KEPT, bin, bins);
            states.add(share == 0 ? State.GONE : State.KEPT);
            glyphs.add(level(share));
        }
        return coloured(states, glyphs);
    }

    /** A share above 0 never looks like 0, one below 1 never like 1. */
    private String level(double share) {
        if (share == 0) {
            return glyph(State.GONE, "");
        }
        if (terminal.unicode()) {
            int eighth = (int) Math.ceil(share * 8 - 1e-9);
            return String.valueOf("▁▂▃▄▅▆▇█".charAt(share < 1 ? Math.min(6, eighth - 1) : 7));
        }
        return share == 1 ? "#" : Integer.toString((int) Math.max(1, Math.floor(share * 10)));
    }

    private String glyph(State state, String kept) {
        return switch (state) {
            case KEPT -> terminal.unicode() ? kept : "#";
            case GONE -> terminal.unicode() ? "·" : ".";
            case ADDED -> "+";
            case DROPPED -> "-";
        };
    }

    /** Characters of one state after another; the colour changes only where the state does. */
    private String coloured(List<State> states, List<String> glyphs) {
        if (!terminal.colour()) {
            return String.join("", glyphs);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < states.size(); i++) {
            if (i == 0 || states.get(i) != states.get(i - 1)) {
                out.append(i == 0 ? "" : PLAIN).append(COLOURS.get(states.get(i)));
            }
            out.append(glyphs.get(i));
        }
        return states.isEmpty() ? "" : out.append(PLAIN).toString();
    }

    private String legend() {
        String kept = coloured(List.of(State.KEPT), List.of(glyph(State.KEPT, "■")));
        String gone = coloured(List.of(State.GONE), List.of(glyph(State.GONE, "")));
        if (compares) {
            return kept + " kept by both  + only by B  - only by A  " + gone + " by neither";
        }
        String shares =
                terminal.unicode()
                        ? "  ▂▅▇ share kept of neighbouring neurons"
                        : "  1-9 tenths kept of neighbouring neurons, # all";
        return kept + " kept  " + gone + " removed" + (strip == 0 ? "" : shares);
    }
}
