package io.espalier.system;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a figure changed over some readings: the straight line of least squares through them.
 *
 * @param perMinute its slope
 * @param first reading
 * @param last reading
 * @param least reading
 * @param most reading
 */
record Trend(double perMinute, double first, double last, double least, double most) {

    /**
     * The trend of one figure.
     *
     * @param readings at least two, at different times
     */
    static Trend of(List<ProcessReading> readings, ToDoubleFunction<ProcessReading> figure) {
        int n = readings.size();
        double meanTime = readings.stream().mapToDouble(ProcessReading::minute).sum() / n;
        double mean = readings.stream().mapToDouble(figure).sum() / n;
        double product = 0;
        double square = 0;
        for (ProcessReading reading : readings) {
            double time = reading.minute() - meanTime;
            product += time * (figure.applyAsDouble(reading) - mean);
            square += time * time;
        }
        return new Trend(
                product / square,
                figure.applyAsDouble(readings.get(0)),
                figure.applyAsDouble(readings.get(n - 1)),
                readings.stream().mapToDouble(figure).min().orElseThrow(),
                readings.stream().mapToDouble(figure).max().orElseThrow());
    }

    @Override
    public String toString() {
        return "%+.3f a minute (first %.0f, last %.0f, least %.0f, most %.0f)"
                .formatted(perMinute, first, last, least, most);
    }
}
