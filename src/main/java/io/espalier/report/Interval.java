package io.espalier.report;

import java.util.Locale;

/** The paired test as a drawing: estimate, upper bound and limit on one line of error rates. */
final class Interval {

    private static final double WIDTH = 360;
    private static final double EDGE = 30;
    private static final double LINE = 28;

    private Interval() {}

    /** The drawing; rates are differences of shares. */
    static Element of(double estimate, double bound, double limit) {
        double least = Math.min(0, estimate);
        double most = Math.max(Math.max(bound, limit), least + 1e-3);
        Scale scale = new Scale(least, most);
        boolean passed = bound <= limit;
        Element drawing =
                Element.of("svg")
                        .with("xmlns", "http://www.w3.org/2000/svg")
                        .with("class", "interval")
                        .with("viewBox", "0 0 360 72")
                        .with("role", "img")
                        .with(
                                "aria-label",
                                "Difference "
                                        + Words.points(estimate)
                                        + ", at worst "
                                        + Words.points(bound)
                                        + ", limit "
                                        + Words.points(limit));
        drawing.add(
                line("axis", EDGE, LINE, WIDTH - EDGE, LINE),
                line("axis", scale.at(0), LINE - 5, scale.at(0), LINE + 5),
                text("soft", scale.at(0), LINE + 20, "no difference"),
                line(
                        passed ? "limit" : "limit over",
                        scale.at(limit),
                        LINE - 12,
                        scale.at(limit),
                        LINE + 12),
                text("soft", scale.at(limit), LINE + 38, "limit " + Words.points(limit)),
                line(
                        passed ? "range" : "range over",
                        scale.at(estimate),
                        LINE,
                        scale.at(bound),
                        LINE),
                Element.of("circle")
                        .with("class", passed ? "dot" : "dot over")
                        .with("cx", number(scale.at(estimate)))
                        .with("cy", number(LINE))
                        .with("r", "5"),
                text("", scale.at(bound), LINE - 12, "at worst " + Words.points(bound)));
        return drawing;
    }

    /** From rates to the drawing. */
    private record Scale(double least, double most) {

        double at(double rate) {
            return EDGE + (rate - least) / (most - least) * (WIDTH - 2 * EDGE);
        }
    }

    private static Element line(String look, double x1, double y1, double x2, double y2) {
        return Element.of("line")
                .with("class", look)
                .with("x1", number(x1))
                .with("y1", number(y1))
                .with("x2", number(x2))
                .with("y2", number(y2));
    }

    private static Element text(String look, double x, double y, String text) {
        String anchor = x < 60 ? "start" : x > WIDTH - 60 ? "end" : "middle";
        Element element =
                Element.of("text", text)
                        .with("x", number(x))
                        .with("y", number(y))
                        .with("text-anchor", anchor);
        return look.isEmpty() ? element : element.with("class", look);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
