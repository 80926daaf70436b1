package io.espalier.cost;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is run on when its time is measured, written {@code b8s64}: 8 sequences of 64
 * tokens.
 *
 * @param batch sequences of a call
 * @param length tokens of each
 */
public record Workload(int batch, int length) implements Serializable {

    private static final int MOST = 99_999;
    private static final Pattern FORM = Pattern.compile("b([1-9][0-9]{0,4})s([1-9][0-9]{0,4})");

    /** Checks the ranges. */
    public Workload {
        if (batch < 1 || batch > MOST || length < 1 || length > MOST) {
            throw new IllegalArgumentException(
                    "workload of "
                            + batch
                            + " sequences of "
                            + length
                            + " tokens; both are from 1 to "
                            + MOST);
        }
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Workload parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "workload '" + text + "' is none; write b8s64 for 8 sequences of 64 tokens");
        }
        return new Workload(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return "b" + batch + "s" + length;
    }
}
