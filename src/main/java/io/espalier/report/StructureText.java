package io.espalier.report;

import io.espalier.report.StructurePicture.Terminal;
import io.espalier.report.UnitChange.State;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;

/** The picture in characters. */
final class StructureText {

    private static final String GREEN = "\u001b[32m";
    private static final String BLUE = "\u001b[36m";
    private static final String RED = "\u001b[31m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private static final String LAYER = "layer";
    private static final String GAP = "  ";
    private static final int MOST_CELLS = 24;
    private static final double BAR_PART = 0.4;

    private final List<LayerUnits> layers;
    private final boolean compares;
    private final Terminal terminal;
    private final int cells;
    private final int headCount;
    private final int neuronCount;
    private final int bar;
    private final int strip;
    private final StringBuilder out = new StringBuilder();

    StructureText(List<LayerUnits> layers, boolean compares, Terminal terminal) {
        this.layers = layers;
        this.compares = compares;
        this.terminal = terminal;
        int most = widest(LayerUnits::heads, UnitChange::units);
        this.cells = most == 0 ? 0 : Math.max("heads".length(), Math.min(MOST_CELLS, most));
        this.headCount = most == 0 ? 0 : widest(LayerUnits::heads, each -> count(each).length());
        this.neuronCount = widest(LayerUnits::neurons, each -> count(each).length());
        int used = LAYER.length() + columns(cells) + columns(headCount) + columns(neuronCount);
        int left = terminal.columns() - used - 2 * GAP.length();
        this.bar = neuronCount == 0 ? 0 : Math.max(8, (int) (BAR_PART * left));
        this.strip = neuronCount == 0 || compares ? 0 : left - bar;
    }

    private int widest(Lane lane, ToIntFunction<UnitChange> width) {
        return layers.stream()
                .map(lane::of)
                .filter(Objects::nonNull)
                .mapToInt(width)
                .max()
                .orElse(0);
    }

    /** One of a row's two sublayers. */
    private interface Lane {
        @Nullable UnitChange of(LayerUnits row);
    }

    private static int columns(int width) {
        return width == 0 ? 0 : GAP.length() + width;
    }

    String draw() {
        head();
        layers.forEach(this::row);
        legend();
        return out.toString();
    }

    private void head() {
        out.append(LAYER);
        if (cells > 0) {
            out.append(GAP).append(padded("heads", cells));
            out.append(GAP).append(" ".repeat(headCount));
        }
        if (neuronCount > 0) {
            out.append(GAP).append("neurons");
            if (strip > 0) {
                out.append(" ".repeat(bar - "neurons".length() + columns(neuronCount)));
                out.append(GAP).append("where they lie");
            }
        }
        end();
    }

    private void row(LayerUnits row) {
        out.append(" ".repeat(LAYER.length() - Integer.toString(row.layer()).length()));
        out.append(row.layer());
        if (cells > 0) {
            heads(row.heads());
        }
        if (neuronCount > 0) {
            neurons(row.neurons());
        }
        end();
    }

    private void heads(@Nullable UnitChange heads) {
        out.append(GAP);
        if (heads == null) {
            out.append(" ".repeat(cells + GAP.length() + headCount));
            return;
        }
        if (heads.units() > cells) {
            bar(heads, cells);
        } else {
            Runs runs = new Runs();
            for (int head = 0; head < heads.units(); head++) {
                runs.add(heads.state(head), cell(heads.state(head)));
            }
            runs.end();
            out.append(" ".repeat(cells - heads.units()));
        }
        String count = count(heads);
        out.append(GAP).append(" ".repeat(headCount - count.length())).append(count);
    }

    private void neurons(@Nullable UnitChange neurons) {
        if (neurons == null) {
            return;
        }
        out.append(GAP);
        bar(neurons, bar);
        String count = count(neurons);
        out.append(GAP).append(" ".repeat(neuronCount - count.length())).append(count);
        if (strip > 0) {
            out.append(GAP);
            int bins = Math.min(strip, neurons.units());
            Runs runs = new Runs();
            for (int bin = 0; bin < bins; bin++) {
                double share = neurons.share(State.KEPT, bin, bins);
                runs.add(share == 0 ? State.GONE : State.KEPT, level(share));
            }
            runs.end();
        }
    }

    /** A bar of shares; whatever there is at all has a character. */
    private void bar(UnitChange units, int width) {
        int added = width(units.count(State.ADDED), units.units(), width);
        int dropped = width(units.count(State.DROPPED), units.units(), width);
        int gone = width(units.count(State.GONE), units.units(), width);
        int kept = width(units.count(State.KEPT), units.units(), width);
        while (kept + added + dropped + gone > width) {
            int most = Math.max(Math.max(kept, gone), Math.max(added, dropped));
            if (kept == most) {
                kept--;
            } else if (gone == most) {
                gone--;
            } else if (added == most) {
                added--;
            } else {
                dropped--;
            }
        }
        Runs runs = new Runs();
        runs.add(State.KEPT, (terminal.unicode() ? "█" : "#").repeat(kept));
        runs.add(State.ADDED, "+".repeat(added));
        runs.add(State.DROPPED, "-".repeat(dropped));
        runs.add(State.GONE, removed().repeat(width - kept - added - dropped));
        runs.end();
    }

    private static int width(int count, int units, int width) {
        int rounded = (int) Math.round((double) count * width / units);
        return count > 0 ? Math.max(1, rounded) : 0;
    }

    private String cell(State state) {
        return switch (state) {
            case KEPT -> terminal.unicode() ? "■" : "#";
            case GONE -> removed();
            case ADDED -> "+";
            case DROPPED -> "-";
        };
    }

    private String removed() {
        return terminal.unicode() ? "·" : ".";
    }

    /** A share above 0 never looks like 0, one below 1 never like 1. */
    private String level(double share) {
        if (share == 0) {
            return removed();
        }
        if (terminal.unicode()) {
            int eighth = (int) Math.ceil(share * 8 - 1e-9);
            return String.valueOf("▁▂▃▄▅▆▇█".charAt(share < 1 ? Math.min(6, eighth - 1) : 7));
        }
        return share == 1 ? "#" : Integer.toString((int) Math.max(1, Math.floor(share * 10)));
    }

    private String count(UnitChange units) {
        String kept = units.kept() + "/" + units.units();
        return compares
                ? kept + " +" + units.count(State.ADDED) + " -" + units.count(State.DROPPED)
                : kept;
    }

    private void legend() {
        Runs runs = new Runs();
        out.append(" ".repeat(LAYER.length())).append(GAP);
        runs.add(State.KEPT, cell(State.KEPT));
        runs.end();
        out.append(compares ? " kept by both  " : " kept  ");
        if (compares) {
            out.append("+ only by the second  - only by the first  ");
        }
        runs.add(State.GONE, removed());
        runs.end();
        out.append(" removed");
        if (strip > 0) {
            out.append(
                    terminal.unicode()
                            ? "  ▂▅▇ share kept of neighbouring neurons"
                            : "  1-9 tenths kept of neighbouring neurons, # all");
        }
        end();
    }

    private void end() {
        int last = out.length();
        while (last > 0 && out.charAt(last - 1) == ' ') {
            last--;
        }
        out.setLength(last);
        out.append('\n');
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    /** Characters of one state after another; a colour is changed only where the state does. */
    private final class Runs {

        private @Nullable State current;

        void add(State state, String characters) {
            if (terminal.colour() && !characters.isEmpty() && state != current) {
                out.append(current == null ? "" : PLAIN).append(colour(state));
                current = state;
            }
            out.append(characters);
        }

        void end() {
            out.append(current == null ? "" : PLAIN);
            current = null;
        }

        private String colour(State state) {
            return switch (state) {
                case KEPT -> GREEN;
                case GONE -> DIM;
                case ADDED -> BLUE;
                case DROPPED -> RED;
            };
        }
    }
}
