package io.espalier.report;

import java.util.Arrays;
import java.util.Locale;

/** What a budget counts, in words. */
enum Metric {
    MACS("Multiply-accumulates", "the encoder's multiply-accumulates are"),
    PARAMS("Parameters", "the encoder's parameters are"),
    LATENCY("Time of the layers", "the layers' measured time is");

    private final String title;
    private final String gone;

    Metric(String title, String gone) {
        this.title = title;
        this.gone = gone;
    }

    /** The metric of a budget like {@code macs=0.5}; MACs if it is of another form. */
    static Metric of(String spec) {
        return Arrays.stream(values())
                .filter(metric -> spec.startsWith(metric.name().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElse(MACS);
    }

    /** At the head of a figure. */
    String title() {
        return title;
    }

    /** Subject and verb of "... gone". */
    String gone() {
        return gone;
    }
}
