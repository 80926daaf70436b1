package io.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a plot: a range of round numbers around all values, on a stretch of the drawing.
 *
 * @param least value at {@code from}
 * @param most value at {@code to}
 * @param step between ticks
 * @param from coordinate, may exceed {@code to}
 * @param to coordinate
 */
record PlotAxis(double least, double most, double step, double from, double to) {

    private static final int INTERVALS = 6;

    /** The axis around some finite values, at least one. */
    static PlotAxis around(double[] values, double from, double to) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double span = most > least ? most - least : Math.max(1e-3, Math.abs(most) / 10);
        double power = Math.pow(10, Math.floor(Math.log10(span / INTERVALS)));
        double step = power;
        for (double factor : new double[] {2, 5, 10}) {
            step = span / step > INTERVALS ? factor * power : step;
        }
        double first = Math.floor(least / step);
        double last = Math.max(first + 1, Math.ceil(most / step));
        return new PlotAxis(first * step, last * step, step, from, to);
    }

    /** Where a value lies. */
    double at(double value) {
        return from + (value - least) / (most - least) * (to - from);
    }

    /** The values that are labelled. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((most - least) / step);
        for (long i = 0; i <= count; i++) {
            ticks.add(least + i * step);
        }
        return ticks;
    }

    /** The text at a tick, with as many decimals as tell ticks apart. */
    String label(double tick) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", tick);
    }
}
