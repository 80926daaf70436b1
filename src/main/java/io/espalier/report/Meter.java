package io.espalier.report;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** A bar that shows a share; decoration beside the figure itself. */
final class Meter {

    private static final double WIDTH = 200;
    private static final double HEIGHT = 6;

    private Meter() {}

    /**
     * A bar.
     *
     * @param share in [0, 1]
     * @param mark where a limit lies; null if there is none
     */
    static Element of(double share, @Nullable Double mark) {
        Element meter =
                Element.of("svg")
                        .with("xmlns", "http://www.w3.org/2000/svg")
                        .with("class", "meter")
                        .with("viewBox", "0 0 200 6")
                        .with("preserveAspectRatio", "none")
                        .with("aria-hidden", "true")
                        .add(rect("track", 0, WIDTH), rect("fill", 0, WIDTH * Math.min(1, share)));
        if (mark != null && mark < 1) {
            meter.add(rect("limit", WIDTH * mark - 0.75, 1.5));
        }
        return meter;
    }

    private static Element rect(String look, double left, double width) {
        return Element.of("rect")
                .with("class", look)
                .with("x", format(left))
                .with("y", "0")
                .with("width", format(Math.max(0, width)))
                .with("height", format(HEIGHT));
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
