package io.espalier.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import java.util.Arrays;
import java.util.Locale;

/** What became of a version when it was published. */
public enum Outcome {
    /** It passed and is live. */
    PROMOTED,
    /** It passed; the job promotes nothing by itself. */
    CANDIDATE,
    /** It did not pass. */
    REJECTED,
    /** A command asked for it; nobody asked whether it may go live. */
    PUBLISHED;

    /** The name used in reports: {@code promoted}. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The outcome of a label.
     *
     * @throws IllegalArgumentException if none has it
     */
    @JsonCreator
    public static Outcome ofLabel(String label) {
        return Arrays.stream(values())
                .filter(outcome -> outcome.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "outcome '"
                                                + label
                                                + "' is not one of promoted, candidate, rejected,"
                                                + " published"));
    }
}
