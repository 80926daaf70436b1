package io.espalier.report;

import io.espalier.mask.SublayerKind;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What the components of a report must be; messages name the component. */
final class Facts {

    private static final MathContext DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);
    private static final String FOLDER = "[a-z0-9][a-z0-9._-]{0,63}";
    private static final Pattern FOLDER_PATTERN = Pattern.compile(FOLDER);

    private Facts() {}

    /** Refuses what a JSON file has as null. */
    static void present(String name, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is null");
        }
    }

    /** Refuses what may not become part of a path or a snippet. */
    static void folderName(String name, @Nullable String value) {
        if (value == null || !FOLDER_PATTERN.matcher(value).matches() || value.contains("..")) {
            throw new IllegalArgumentException(
                    name + " '" + value + "' must match " + FOLDER + " without '..'");
        }
    }

    /** Refuses a kind of unit that there is not. */
    static void kind(String name, @Nullable String label) {
        present(name, label);
        SublayerKind.ofLabel(String.valueOf(label));
    }

    /** Refuses negative numbers of things. */
    static void count(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + ", least is 0");
        }
    }

    /** A number to six significant digits. */
    static double number(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", no number");
        }
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }

    /** The same of a figure that may be unknown: null, NaN or infinite; null then. */
    static @Nullable Double known(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : (Double) number("figure", value);
    }

    /** A copy without doubles. */
    static <T> List<T> distinct(String name, @Nullable List<T> values, Function<T, String> id) {
        present(name, values);
        List<T> copy = List.copyOf(values == null ? List.of() : values);
        Set<String> seen = new HashSet<>();
        for (T value : copy) {
            if (!seen.add(id.apply(value))) {
                throw new IllegalArgumentException(
                        name + " has '" + id.apply(value) + "' more than once");
            }
        }
        return copy;
    }
}
