package io.espalier.cli;

import io.espalier.drift.HeldOutQuality;
import io.espalier.wire.Quality;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Qualities in tables and JSON files; what is not known is {@code -}, or left out. */
final class QualityCells {

    private QualityCells() {}

    /** A quality as it was sent; null if none was. */
    static @Nullable HeldOutQuality of(@Nullable Quality sent) {
        return sent == null
                ? null
                : new HeldOutQuality(
                        Math.toIntExact(sent.getSamples()),
                        Math.toIntExact(sent.getLabelled()),
                        orNaN(sent.getAccuracy()),
                        orNaN(sent.getLoss()),
                        sent.getAgreement(),
                        orNaN(sent.getDivergence()));
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    /** Share of the labelled samples that are classified rightly. */
    static String accuracy(@Nullable HeldOutQuality quality, int decimals) {
        return percent(quality == null ? Double.NaN : quality.accuracy(), decimals);
    }

    /** Share of the samples on which it says what the dense model says. */
    static String agreement(@Nullable HeldOutQuality quality, int decimals) {
        return percent(quality == null ? Double.NaN : quality.agreement(), decimals);
    }

    /** KL (dense || model), nats. */
    static String divergence(@Nullable HeldOutQuality quality, int decimals) {
        return number(quality == null ? Double.NaN : quality.divergence(), decimals);
    }

    /** A share as a percentage, like {@code 50.0 %}. */
    static String percent(double share, int decimals) {
        String number = number(100 * share, decimals);
        return number.equals("-") ? number : number + " %";
    }

    private static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The members of a JSON object. */
    static Map<String, Object> json(HeldOutQuality quality) {
        Map<String, Object> values = new LinkedHashMap<>();
        put(values, "accuracy", quality.accuracy());
        put(values, "loss", quality.loss());
        put(values, "agreement", quality.agreement());
        put(values, "divergence", quality.divergence());
        return values;
    }

    private static void put(Map<String, Object> values, String name, double value) {
        if (!Double.isNaN(value)) {
            values.put(name, value);
        }
    }
}
