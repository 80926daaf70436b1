package io.espalier.report;

import java.util.List;

/** Parts of sentences. */
final class Sentence {

    private Sentence() {}

    /** Several things in a row: {@code a, b and c}. */
    static String and(List<String> things) {
        int last = things.size() - 1;
        return last < 1
                ? String.join("", things)
                : String.join(", ", things.subList(0, last)) + " and " + things.get(last);
    }
}
