package io.espalier.report;

import io.espalier.report.UnitChange.State;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The picture as SVG.
 *
 * <p>A kept head is a filled square, a removed one a hollow one: the picture reads without colours.
 * Below each bar of neurons lies a strip in the parent's order, the stronger the more of the
 * neighbouring neurons are kept. A pointer that rests on a row is shown its numbers.
 */
final class StructureSvg {

    /** Colours and type; the variables are those of the page. */
    static final String STYLE =
            """
            .picture { --keep: #1d7a53; --empty: #b3bcb6; --track: #e4e9e5; --new: #0b62ad;
              --lost: #b4480f; --ink: #1b211e; --soft: #5a655f; }
            .picture text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
              font-size: 12px; font-variant-numeric: tabular-nums; fill: var(--ink); }
            .picture .soft { fill: var(--soft); }
            .picture .none { font-weight: 600; fill: var(--lost); }
            .picture .kept { fill: var(--keep); }
            .picture .added { fill: var(--new); }
            .picture .dropped { fill: none; stroke: var(--lost); stroke-width: 2; }
            .picture .gone { fill: none; stroke: var(--empty); stroke-width: 1; }
            .picture .track { fill: var(--track); }
            .picture .faint { opacity: 0.45; }
            @media (prefers-color-scheme: dark) {
              .picture { --keep: #4fbf8b; --empty: #56615b; --track: #2a322e; --new: #6db6f2;
                --lost: #f0935a; --ink: #e6ebe8; --soft: #9aa69f; }
            }
            """;

    private static final String BACKGROUND =
            """
            svg { background: #ffffff; }
            @media (prefers-color-scheme: dark) { svg { background: #151a17; } }
            """;

    private static final double HEAD = 26;
    private static final double CELL_HEIGHT = 16;
    private static final double BAR_HEIGHT = 9;
    private static final double STRIP_TOP = 11;
    private static final double STRIP_HEIGHT = 5;
    private static final int LEVELS = 5;
    private static final double LEAST = 0.35;

    /**
     * Where columns stand, in units of a pixel.
     *
     * @param name unique in a page
     * @param width of the drawing
     * @param label right edge of the layer's number
     * @param heads left edge of the first head
     * @param headsWidth of all heads
     * @param headCount left edge of their number
     * @param neurons left edge of the bar
     * @param neuronsWidth of the bar
     * @param neuronCount left edge of their number
     * @param pitch from row to row
     * @param bins of a strip
     * @param full whether there is room for whole words
     */
    record Layout(
            String name,
            double width,
            double label,
            double heads,
            double headsWidth,
            double headCount,
            double neurons,
            double neuronsWidth,
            double neuronCount,
            double pitch,
            int bins,
            boolean full) {

        /** For pages of a desk and for a file of its own. */
        static final Layout WIDE =
                new Layout("wide", 760, 34, 48, 216, 272, 336, 320, 668, 30, 96, true);

        /** For a telephone. */
        static final Layout NARROW =
                new Layout("narrow", 352, 20, 28, 117, 152, 194, 110, 311, 26, 55, false);
    }

    private final List<LayerUnits> layers;
    private final boolean compares;

    StructureSvg(List<LayerUnits> layers, boolean compares) {
        this.layers = layers;
        this.compares = compares;
    }

    /** The root element of a file. */
    Element file() {
        Layout layout = Layout.WIDE;
        return root(layout)
                .with("width", number(layout.width()))
                .with("height", number(height(layout)))
                .add(title(layout))
                .add(Element.of("style", BACKGROUND + STYLE))
                .add(content(layout));
    }

    /** The root element within a page. */
    Element element(Layout layout) {
        return root(layout).add(title(layout)).add(content(layout));
    }

    private Element root(Layout layout) {
        return Element.of("svg")
                .with("xmlns", "http://www.w3.org/2000/svg")
                .with("class", "picture " + layout.name())
                .with("viewBox", "0 0 " + number(layout.width()) + " " + number(height(layout)))
                .with("role", "img")
                .with("aria-labelledby", layout.name() + "-title " + layout.name() + "-desc");
    }

    private double height(Layout layout) {
        return HEAD + layers.size() * layout.pitch() + (layout.full() ? 32 : 48);
    }

    private List<Element> title(Layout layout) {
        String title = compares ? "Units kept by A and B" : "Units kept in each layer";
        String rows = layers.stream().map(LayerUnits::words).collect(Collectors.joining(" "));
        return List.of(
                Element.of("title", title).with("id", layout.name() + "-title"),
                Element.of("desc", rows).with("id", layout.name() + "-desc"));
    }

    private List<Element> content(Layout layout) {
        List<Element> content = new ArrayList<>();
        if (layout.full()) {
            content.add(text(layout.label(), 14, "soft", "layer").with("text-anchor", "end"));
        }
        content.add(text(layout.heads(), 14, "soft", layout.full() ? "attention heads" : "heads"));
        content.add(
                text(
                        layout.neurons(),
                        14,
                        "soft",
                        layout.full() ? "feed-forward neurons" : "neurons"));
        double top = HEAD;
        for (LayerUnits layer : layers) {
            content.add(row(layout, layer, top));
            top += layout.pitch();
        }
        legend(layout, top + 6, content);
        return content;
    }

    private Element row(Layout layout, LayerUnits layer, double top) {
        Element row = Element.of("g").add(Element.of("title", layer.words()));
        double baseline = top + 12.5;
        row.add(
                text(layout.label(), baseline, "", Integer.toString(layer.layer()))
                        .with("text-anchor", "end"));
        UnitChange heads = layer.heads();
        if (heads != null) {
            row.add(heads(layout, heads, top));
            row.add(count(layout.headCount(), baseline, heads, layout.full() ? " / " : "/"));
        }
        UnitChange neurons = layer.neurons();
        if (neurons != null) {
            row.add(bar(layout, neurons, top));
            if (!compares) {
                row.add(strip(layout, neurons, top + STRIP_TOP));
            }
            row.add(count(layout.neuronCount(), baseline, neurons, layout.full() ? " / " : ""));
        }
        return row;
    }

    private static Element count(double left, double baseline, UnitChange units, String slash) {
        if (units.kept() == 0) {
            return text(left, baseline, "none", "none");
        }
        String all = slash.isEmpty() ? "" : slash + Words.count(units.units());
        return text(left, baseline, "", Words.count(units.kept()) + all);
    }

    private List<Element> heads(Layout layout, UnitChange heads, double top) {
        double pitch = Math.min(18, layout.headsWidth() / heads.units());
        double gap = pitch > 12 ? 3 : pitch > 6 ? 2 : 0.5;
        double side = pitch - gap;
        double height = Math.min(CELL_HEIGHT, side + 4);
        double y = top + (CELL_HEIGHT - height) / 2;
        Map<State, StringBuilder> paths = new TreeMap<>();
        for (int head = 0; head < heads.units(); head++) {
            double left = layout.heads() + head * pitch;
            StringBuilder path =
                    paths.computeIfAbsent(heads.state(head), state -> new StringBuilder());
            cell(path, heads.state(head), left, y, side, height);
        }
        List<Element> elements = new ArrayList<>();
        paths.forEach((state, path) -> elements.add(path(name(state), path)));
        return elements;
    }

    private List<Element> bar(Layout layout, UnitChange neurons, double top) {
        double height = compares ? CELL_HEIGHT : BAR_HEIGHT;
        List<Element> elements = new ArrayList<>();
        StringBuilder track = new StringBuilder();
        box(track, layout.neurons(), top, layout.neuronsWidth(), height);
        elements.add(path("track", track));
        double left = layout.neurons();
        for (State state : List.of(State.KEPT, State.ADDED, State.DROPPED)) {
            double width = layout.neuronsWidth() * neurons.count(state) / neurons.units();
            if (width > 0) {
                StringBuilder box = new StringBuilder();
                cell(box, state, left, top, Math.max(1, width), height);
                elements.add(path(name(state), box));
                left += width;
            }
        }
        return elements;
    }

    /** Bins of neighbouring neurons, a path for each strength. */
    private static List<Element> strip(Layout layout, UnitChange neurons, double top) {
        int bins = Math.min(layout.bins(), neurons.units());
        double width = layout.neuronsWidth() / bins;
        StringBuilder track = new StringBuilder();
        box(track, layout.neurons(), top, layout.neuronsWidth(), STRIP_HEIGHT);
        List<Element> elements = new ArrayList<>();
        elements.add(path("track faint", track));
        Map<Integer, StringBuilder> paths = new TreeMap<>();
        for (int bin = 0; bin < bins; bin++) {
            int level = (int) Math.ceil(neurons.share(State.KEPT, bin, bins) * LEVELS - 1e-9);
            if (level > 0) {
                StringBuilder path = paths.computeIfAbsent(level, key -> new StringBuilder());
                double left = layout.neurons() + bin * width;
                box(path, left, top, width, STRIP_HEIGHT);
            }
        }
        paths.forEach(
                (level, path) ->
                        elements.add(path("kept", path).with("opacity", number(strength(level)))));
        return elements;
    }

    /** The least strength is still seen, in the dark too. */
    private static double strength(int level) {
        return LEAST + (1 - LEAST) * (level - 1) / (LEVELS - 1);
    }

    private void legend(Layout layout, double top, List<Element> content) {
        List<State> states =
                compares
                        ? List.of(State.KEPT, State.ADDED, State.DROPPED, State.GONE)
                        : List.of(State.KEPT, State.GONE);
        double left = layout.heads();
        for (State state : states) {
            StringBuilder box = new StringBuilder();
            cell(box, state, left, top, 10, 10);
            content.add(path(name(state), box));
            String words = words(state);
            content.add(text(left + 15, top + 9.5, "soft", words));
            left += 15 + 6.4 * words.length() + 14;
        }
        if (compares) {
            content.add(
                    text(layout.width() - 12, top + 9.5, "soft", "numbers are those of B")
                            .with("text-anchor", "end"));
        } else {
            double x = layout.full() ? layout.neurons() : layout.heads();
            double y = layout.full() ? top + 9.5 : top + 27;
            content.add(
                    text(
                            x,
                            y,
                            "soft",
                            layout.full()
                                    ? "bar: how many; strip below: where in the model"
                                    : "bar: how many; strip: where in the model"));
        }
    }

    private String words(State state) {
        return switch (state) {
            case KEPT -> compares ? "kept by both" : "kept";
            case GONE -> compares ? "by neither" : "removed";
            case ADDED -> "only by B";
            case DROPPED -> "only by A";
        };
    }

    private static String name(State state) {
        return switch (state) {
            case KEPT -> "kept";
            case GONE -> "gone";
            case ADDED -> "added";
            case DROPPED -> "dropped";
        };
    }

    private static Element text(double left, double baseline, @Nullable String look, String text) {
        Element element =
                Element.of("text", text).with("x", number(left)).with("y", number(baseline));
        return look == null || look.isEmpty() ? element : element.with("class", look);
    }

    private static Element path(String look, StringBuilder path) {
        return Element.of("path").with("class", look).with("d", path);
    }

    /** What the later model does not keep is hollow; its line lies within the cell. */
    private static void cell(
            StringBuilder path, State state, double left, double top, double width, double height) {
        double inset = state == State.GONE ? 0.5 : state == State.DROPPED ? 1 : 0;
        double inner = Math.max(0.5, width - 2 * inset);
        box(path, left + inset, top + inset, inner, height - 2 * inset);
    }

    private static void box(
            StringBuilder path, double left, double top, double width, double height) {
        path.append('M').append(number(left)).append(' ').append(number(top));
        path.append('h').append(number(width)).append('v').append(number(height));
        path.append('h').append(number(-width)).append('z');
    }

    /** Two decimals at most. */
    private static String number(double value) {
        BigDecimal rounded =
                new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }
}
