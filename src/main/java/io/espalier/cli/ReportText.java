package io.espalier.cli;

import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.PromotionTest;
import io.espalier.wire.Quality;
import io.espalier.wire.UpdateKind;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a job said, for people: a line with window, budget, numbers and outcome; below it, indented,
 * what that means for what is live, and the job's own reason.
 */
final class ReportText {

    private static final String INDENT = "    ";
    private static final String NONE = "-";

    private ReportText() {}

    /** The lines of a report or of an answer to a command. */
    static List<String> lines(DriftEntry entry) {
        DriftReport report = entry.report();
        return report == null
                ? List.of(line(entry.written(), Objects.requireNonNull(entry.answer())))
                : List.of(
                        line(report),
                        INDENT + meaning(report),
                        INDENT + "reason: " + PlainText.of(report.getReason()));
    }

    private static String line(long written, ControlAcknowledgement answer) {
        return "%s  command %s %s: %s (id %s, %d obeyed so far)"
                .formatted(
                        Instant.ofEpochMilli(written),
                        label(PlainText.of(answer.getAction())),
                        answer.getAccepted() ? "obeyed" : "refused",
                        PlainText.of(answer.getReason()),
                        PlainText.of(answer.getCommandId()),
                        answer.getControlVersion());
    }

    private static String line(DriftReport report) {
        return String.format(
                        Locale.ROOT,
                        "%s..%s  %s  %.0f samples  %s -> %s  %s %s  live %s%s  %s",
                        Instant.ofEpochMilli(report.getWindowStart()),
                        Instant.ofEpochMilli(report.getWindowEnd()),
                        PlainText.of(report.getBudget()),
                        report.getEffectiveSamples(),
                        report.getTrigger(),
                        report.getOutcome(),
                        update(report.getUpdate()),
                        version(report.getVersion()),
                        version(report.getLiveVersion()),
                        report.getOutcome() == DriftOutcome.CANDIDATE ? " (in shadow)" : "",
                        qualities(report))
                .stripTrailing();
    }

    private static String update(@Nullable UpdateKind update) {
        if (update == null) {
            return NONE;
        }
        return switch (update) {
            case KEEP -> "kept";
            case RE_TUNE -> "re-tuned";
            case RE_MASK -> "re-masked";
        };
    }

    private static String version(@Nullable String version) {
        return version == null ? NONE : PlainText.of(version);
    }

    /** Accuracy where samples have labels, else agreement with the dense model. */
    private static String qualities(DriftReport report) {
        Quality dense = report.getDense();
        if (dense == null) {
            return "";
        }
        boolean labelled = dense.getAccuracy() != null;
        return "%s dense %s, live %s, candidate %s (%d held out)"
                .formatted(
                        labelled ? "accuracy" : "agreement",
                        number(dense, labelled),
                        number(report.getLive(), labelled),
                        number(report.getPruned(), labelled),
                        labelled ? dense.getLabelled() : dense.getSamples());
    }

    private static String number(@Nullable Quality quality, boolean accuracy) {
        Double value = null;
        if (quality != null) {
            value = accuracy ? quality.getAccuracy() : Double.valueOf(quality.getAgreement());
        }
        return value == null ? NONE : String.format(Locale.ROOT, "%.4f", value);
    }

    /** What the outcome is for those who use the models. */
    private static String meaning(DriftReport report) {
        return switch (report.getOutcome()) {
            case STARVED -> "nothing decided: too few samples in the window";
            case KEPT -> "nothing published: " + kept(report);
            case CANDIDATE ->
                    "published, not live: it passed, but the job runs in shadow mode; with"
                            + " espalier.promotion.mode: promote it would be live";
            case PROMOTED -> "published and live: it passed";
            case REJECTED -> "published, not live: " + rejected(report.getPromotion());
        };
    }

    private static String kept(DriftReport report) {
        return switch (report.getTrigger()) {
            case STARVED -> "too few samples to decide";
            case PAUSED -> "an operator paused decisions; 'espalier control resume' ends that";
            case COOLING_DOWN -> "the last decision is too recent (espalier.trigger.cool-down)";
            case NO_DRIFT -> "the traffic is like that which the live model was made for";
            case FIRST, DRIFT, SCHEDULE, FORCED ->
                    "the live model is still good enough (espalier.retune.margin)";
        };
    }

    private static String rejected(@Nullable PromotionTest test) {
        if (test == null) {
            return "it was not tested";
        } else if (test.getBound() == null) {
            return "too few held-out samples to judge it; see the reason";
        } else if (test.getBound() > test.getLimit()) {
            return "it failed; more samples in a window make the test sharper";
        }
        return "it passed, but something else forbids it; see the reason";
    }

    private static String label(String action) {
        return action.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
