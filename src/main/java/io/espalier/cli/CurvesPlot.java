package io.espalier.cli;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.search.ErrorCurve;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The error curves of a model, as SVG: attention left, feed-forward blocks right, a line for each
 * layer; predicted loss on a logarithmic axis against the share of units kept. At the right stand
 * the layers' numbers, in the order of their curves at a tenth of the units.
 *
 * <p>Deeper layers are drawn darker; the drawing can stand alone as a file.
 */
final class CurvesPlot {

    private static final double WIDTH = 960;
    private static final double HEIGHT = 430;
    private static final double TOP = 40;
    private static final double BOTTOM = 370;
    private static final double[] LEFT = {70, 560};
    private static final double PANEL = 370;

    /** Errors below this are drawn at it: 0 has no logarithm. */
    private static final double LEAST = 1e-6;

    private static final double LATE = 0.1;
    private static final double LINE_HEIGHT = 13;

    private final StringBuilder svg = new StringBuilder();

    private CurvesPlot() {}

    /**
     * The drawing, an {@code svg} element.
     *
     * @param curves one for each sublayer
     */
    static String of(List<Sublayer> sublayers, List<ErrorCurve> curves) {
        return new CurvesPlot().draw(sublayers, curves);
    }

    private String draw(List<Sublayer> sublayers, List<ErrorCurve> curves) {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' role='img'"
                        + " aria-label='Predicted error of each sublayer against the share of its"
                        + " units kept'>%n",
                WIDTH, HEIGHT);
        add("<style>%n");
        add("svg { color: #1a1a1a; background: #ffffff }%n");
        add("text { fill: currentColor; font: 12px sans-serif }%n");
        add(".frame, .tick { stroke: currentColor; fill: none } .tick { opacity: 0.2 }%n");
        add(".curve { fill: none; stroke: #0063a3; stroke-width: 1.6 }%n");
        add("@media (prefers-color-scheme: dark) {%n");
        add("svg { color: #e8e8e8; background: #14171a } .curve { stroke: #6cb8f0 }%n");
        add("}%n</style>%n");
        double[] heights =
                curves.stream()
                        .mapToDouble(curve -> height(curve.errors()[curve.options() - 1]))
                        .toArray();
        double most = java.util.Arrays.stream(heights).max().orElseThrow();
        PlotAxis y = PlotAxis.around(new double[] {height(0), most}, BOTTOM, TOP);
        panel(0, "attention: heads", SublayerKind.ATTENTION, sublayers, curves, y);
        panel(1, "feed-forward: neurons", SublayerKind.FFN, sublayers, curves, y);
        add("</svg>%n");
        return svg.toString();
    }

    private static double height(double error) {
        return Math.log10(Math.max(LEAST, error));
    }

    private void panel(
            int panel,
            String title,
            SublayerKind kind,
            List<Sublayer> sublayers,
            List<ErrorCurve> curves,
            PlotAxis y) {
        PlotAxis x = new PlotAxis(0, 1, 0.2, LEFT[panel] + PANEL, LEFT[panel]); // all kept: left
        axes(title, x, y, LEFT[panel]);
        int layers = sublayers.get(sublayers.size() - 1).layer() + 1;
        SortedMap<Double, String> labels = new TreeMap<>();
        for (int s = 0; s < curves.size(); s++) {
            if (sublayers.get(s).kind() == kind) {
                int layer = sublayers.get(s).layer();
                curve(layer, layers, curves.get(s), x, y);
                double late = y.at(height(lateError(curves.get(s))));
                labels.merge(late, Integer.toString(layer), (a, b) -> a + ", " + b);
            }
        }
        double next = TOP;
        for (Map.Entry<Double, String> label : labels.entrySet()) {
            next = Math.max(next, label.getKey());
            text(LEFT[panel] + PANEL + 6, next + 4, "start", label.getValue());
            next += LINE_HEIGHT;
        }
    }

    /** The error with a tenth of the units. */
    private static double lateError(ErrorCurve curve) {
        int option = 0;
        while (option + 1 < curve.options() && curve.kept(option + 1) >= LATE * curve.kept(0)) {
            option++;
        }
        return curve.errors()[option];
    }

    private void axes(String title, PlotAxis x, PlotAxis y, double left) {
        text(left + PANEL / 2, TOP - 14, "middle", title);
        add(
                "<rect class='frame' x='%.2f' y='%.2f' width='%.2f' height='%.2f'/>%n",
                left, TOP, PANEL, BOTTOM - TOP);
        for (double tick : x.ticks()) {
            text(x.at(tick), BOTTOM + 18, "middle", x.label(tick));
        }
        for (double tick : y.ticks()) {
            add(
                    "<line class='tick' x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n",
                    left, left + PANEL, y.at(tick), y.at(tick));
            text(
                    left - 8,
                    y.at(tick) + 4,
                    "end",
                    String.format(Locale.ROOT, "%.0e", Math.pow(10, tick)));
        }
        text(left + PANEL / 2, BOTTOM + 40, "middle", "share of units kept");
        add(
                "<text transform='translate(%.2f %.2f) rotate(-90)' text-anchor='middle'>predicted"
                        + " loss, nats a sample</text>%n",
                left - 50, (TOP + BOTTOM) / 2);
    }

    private void curve(int layer, int layers, ErrorCurve curve, PlotAxis x, PlotAxis y) {
        StringBuilder points = new StringBuilder();
        double units = curve.order().length;
        for (int option = 0; option < curve.options(); option++) {
            points.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f,%.1f ",
                            x.at(curve.kept(option) / units),
                            y.at(height(curve.errors()[option]))));
        }
        add(
                "<polyline class='curve' stroke-opacity='%.2f' points='%s'><title>layer"
                        + " %d</title></polyline>%n",
                0.3 + 0.7 * (layer + 1) / layers, points.toString().strip(), layer);
    }

    private void text(double left, double baseline, String anchor, String content) {
        add(
                "<text x='%.2f' y='%.2f' text-anchor='%s'>%s</text>%n",
                left, baseline, anchor, AblationPlot.escape(content));
    }

    private void add(String pattern, Object... values) {
        svg.append(String.format(Locale.ROOT, pattern, values));
    }
}
