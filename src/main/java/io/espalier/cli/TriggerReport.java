package io.espalier.cli;

import io.espalier.wire.DriftReport;
import io.espalier.wire.TriggerReason;
import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * When a trigger fired, window by window.
 *
 * @param stationary windows before the shift
 * @param falseAlarms of them that fired for drift
 * @param noticedAfter windows after the shift until drift fired, from 1; 0 if it did not
 * @param windows all windows in order
 */
record TriggerReport(int stationary, long falseAlarms, int noticedAfter, List<Window> windows) {

    /**
     * One window.
     *
     * @param number from 1
     * @param heads distance of the heads' importance to the baseline; null without one
     * @param headNoise its noise floor
     * @param neurons the same of the neurons
     * @param neuronNoise its noise floor
     * @param level of the drift
     * @param trigger what the policy said
     * @param outcome what came of it
     */
    record Window(
            int number,
            @Nullable Double heads,
            @Nullable Double headNoise,
            @Nullable Double neurons,
            @Nullable Double neuronNoise,
            String level,
            String trigger,
            String outcome) {}

    static TriggerReport of(
            List<DriftReport> reports, int stationary, Instant start, Duration window) {
        List<Window> windows =
                reports.stream()
                        .sorted(Comparator.comparingLong(DriftReport::getWindowEnd))
                        .map(report -> window(report, start, window))
                        .toList();
        String drift = TriggerReason.DRIFT.name();
        return new TriggerReport(
                stationary,
                windows.stream()
                        .filter(each -> each.number() <= stationary)
                        .filter(each -> each.trigger().equals(drift))
                        .count(),
                windows.stream()
                        .filter(each -> each.number() > stationary)
                        .filter(each -> each.trigger().equals(drift))
                        .mapToInt(each -> each.number() - stationary)
                        .min()
                        .orElse(0),
                windows);
    }

    private static Window window(DriftReport report, Instant start, Duration window) {
        return new Window(
                Math.toIntExact((report.getWindowEnd() - start.toEpochMilli()) / window.toMillis()),
                report.getHeads().getDistance(),
                report.getHeads().getNoiseFloor(),
                report.getNeurons().getDistance(),
                report.getNeurons().getNoiseFloor(),
                report.getLevel().name(),
                report.getTrigger().name(),
                report.getOutcome().name());
    }

    /** Prints a table and what follows from it. */
    void print(PrintWriter out) {
        TextTable table =
                new TextTable(
                        "window", "heads", "noise", "neurons", "noise", "level", "trigger",
                        "outcome");
        for (Window each : windows) {
            table.row(
                    each.number() + (each.number() > stationary ? " (shifted)" : ""),
                    number(each.heads()),
                    number(each.headNoise()),
                    number(each.neurons()),
                    number(each.neuronNoise()),
                    words(each.level()),
                    words(each.trigger()),
                    words(each.outcome()));
        }
        table.print(out);
        out.println();
        out.printf("stationary: drift fired in %d of %d windows%n", falseAlarms, stationary);
        if (windows.size() > stationary) {
            out.println(
                    noticedAfter == 0
                            ? "shift: drift did not fire"
                            : "shift: drift fired at the end of window "
                                    + noticedAfter
                                    + " after it");
        }
    }

    private static String words(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
