package io.espalier.report;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Figures as people read them: few digits, with their unit, never rounded to a false extreme. */
final class Words {

    /** Stands for what is not known. */
    static final String UNKNOWN = "–";

    private static final MathContext THREE = new MathContext(3, RoundingMode.HALF_UP);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final List<String> SMALL =
            List.of("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    /** Shares that have a name, with how far a figure may be from them. */
    private static final double NAMED_WITHIN = 0.012;

    private Words() {}

    /** Digits in groups of three. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A number below ten in letters. */
    static String small(int number) {
        return number < SMALL.size() ? SMALL.get(number) : count(number);
    }

    /** A number of things, in the plural unless it is one. */
    static String things(long number, String singular) {
        return count(number) + " " + singular + (number == 1 ? "" : "s");
    }

    /** Three digits and a word, like {@code 33.4 million}. */
    static String scaled(long number) {
        if (number >= 1_000_000_000) {
            return digits(number / 1e9) + " billion";
        }
        return number >= 1_000_000 ? digits(number / 1e6) + " million" : count(number);
    }

    /** Three digits and a unit, like {@code 133 MB}. */
    static String bytes(long number) {
        if (number >= 1_000_000_000) {
            return digits(number / 1e9) + " GB";
        }
        if (number >= 1_000_000) {
            return digits(number / 1e6) + " MB";
        }
        return number >= 1_000 ? digits(number / 1e3) + " kB" : number + " bytes";
    }

    private static String digits(double number) {
        int decimals = number >= 100 ? 0 : number >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    /** A share to a tenth of a percent; what is not all is never 100 %, nor what is some 0 %. */
    static String percent(@Nullable Double share) {
        if (share == null) {
            return UNKNOWN;
        }
        if (share == 1) {
            return "100 %";
        }
        if (share < 1 && share >= 0.9995) {
            return "> 99.9 %";
        }
        if (share > 0 && share < 0.0005) {
            return "< 0.1 %";
        }
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** A difference of shares in points, with its sign. */
    static String points(@Nullable Double difference) {
        if (difference == null) {
            return UNKNOWN;
        }
        String number = String.format(Locale.ROOT, "%.1f", 100 * Math.abs(difference));
        if (number.equals("0.0")) {
            return "0.0 points";
        }
        return (difference < 0 ? "−" : "+") + number + " points";
    }

    /** Three significant digits without an exponent as long as that is readable. */
    static String figure(@Nullable Double value) {
        if (value == null) {
            return UNKNOWN;
        }
        if (value == 0) {
            return "0";
        }
        if (Math.abs(value) >= 1e-6 && Math.abs(value) < 1e6) {
            return new BigDecimal(value).round(THREE).toPlainString();
        }
        return String.format(Locale.ROOT, "%.2e", value);
    }

    /** A share at the head of a sentence: {@code Half}, {@code Two thirds}, {@code 42.0 %}. */
    static String part(double share) {
        record Named(double share, String name) {}
        List<Named> all =
                List.of(
                        new Named(0.25, "A quarter"),
                        new Named(1 / 3.0, "A third"),
                        new Named(0.5, "Half"),
                        new Named(2 / 3.0, "Two thirds"),
                        new Named(0.75, "Three quarters"));
        for (Named each : all) {
            if (Math.abs(share - each.share()) < NAMED_WITHIN) {
                return each.name();
            }
        }
        return percent(share).replace(".0 %", " %");
    }

    /** A span of event time. Samples of a file have no dates; their time starts with the epoch. */
    static String span(long start, long end) {
        Duration length = Duration.ofMillis(end - start);
        if (start == 0) {
            return "not dated (event time 0 to " + duration(length) + ")";
        }
        return MINUTE.format(Instant.ofEpochMilli(start))
                + " to "
                + MINUTE.format(Instant.ofEpochMilli(end))
                + " UTC ("
                + duration(length)
                + ")";
    }

    private static String duration(Duration length) {
        if (length.toMillis() % 3_600_000 == 0) {
            return length.toHours() + " h";
        }
        return length.toMillis() % 60_000 == 0
                ? length.toMinutes() + " min"
                : digits(length.toMillis() / 1e3) + " s";
    }
}
