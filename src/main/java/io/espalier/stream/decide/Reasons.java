package io.espalier.stream.decide;

import io.espalier.drift.PromotionPolicy.Verdict;
import io.espalier.drift.UpdateKind;
import io.espalier.drift.UpdatePolicy.Errors;
import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** Why a window came to what it came to, in sentences with numbers. */
final class Reasons {

    private Reasons() {}

    static String starved(WindowStatistics window, int minSamples) {
        return String.format(
                Locale.ROOT,
                "%.0f effective of %d scored samples; a decision needs %d",
                window.any().fisher().effectiveSamples(),
                window.any().fisher().samples(),
                minSamples);
    }

    static String kept(BudgetWindow seen, @Nullable UpdateKind update, Errors errors) {
        return update == null ? trigger(seen) : trigger(seen) + "; keep: " + predicted(errors);
    }

    static String decided(BudgetWindow seen, UpdateKind update, Errors errors, Verdict verdict) {
        return trigger(seen)
                + "; "
                + update.label()
                + ": "
                + predicted(errors)
                + "; "
                + verdict.reason();
    }

    private static String trigger(BudgetWindow seen) {
        return String.format(
                Locale.ROOT,
                "%s: level %s, distance of heads %s (noise %s), neurons %s (noise %s)",
                seen.trigger().label(),
                seen.drift().level().name().toLowerCase(Locale.ROOT),
                number(seen.heads().distance()),
                number(seen.heads().floor()),
                number(seen.neurons().distance()),
                number(seen.neurons().floor()));
    }

    private static String predicted(Errors errors) {
        return Double.isNaN(errors.asItIs())
                ? "predicted error of the best structure " + number(errors.best())
                : "predicted error of the live model as it is "
                        + number(errors.asItIs())
                        + ", re-tuned "
                        + number(errors.retuned())
                        + ", of the best structure "
                        + number(errors.best());
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "unknown" : String.format(Locale.ROOT, "%.4f", value);
    }
}
