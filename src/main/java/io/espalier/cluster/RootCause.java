package io.espalier.cluster;

import java.util.ArrayList;
import java.util.List;

/** The one line that a stack trace is about, as Flink's REST interface prints traces. */
final class RootCause {

    private static final String CAUSE = "Caused by: ";
    private static final String OURS = "io.espalier.";

    private RootCause() {}

    /**
     * The message of the first exception of our own, which was written to be read; without one the
     * innermost exception's name and message.
     *
     * @param trace as {@code Throwable.printStackTrace} prints it
     */
    static String of(String trace) {
        List<String> heads = heads(trace);
        for (String head : heads) {
            int colon = head.indexOf(": ");
            if (head.startsWith(OURS) && colon > 0 && head.indexOf(' ') > colon) {
                return head.substring(colon + 2);
            }
        }
        String innermost = heads.get(heads.size() - 1);
        return innermost.isEmpty() ? "Flink gives no reason" : simple(innermost);
    }

    /** What stands before the frames of each exception, in one line; at least one. */
    private static List<String> heads(String trace) {
        List<String> heads = new ArrayList<>();
        StringBuilder head = new StringBuilder();
        boolean inHead = true;
        for (String line : trace.lines().toList()) {
            if (line.startsWith(CAUSE)) {
                heads.add(head.toString());
                head.setLength(0);
                head.append(line.substring(CAUSE.length()).strip());
                inHead = true;
            } else if (line.startsWith("\t")) {
                inHead = false; // Frames, and whatever is suppressed.
            } else if (inHead && !line.isBlank()) {
                head.append(head.isEmpty() ? "" : " ").append(line.strip());
            }
        }
        heads.add(head.toString());
        return heads;
    }

    /** The exception's name without its package. */
    private static String simple(String head) {
        int colon = head.indexOf(": ");
        String type = colon < 0 ? head : head.substring(0, colon);
        return type.contains(" ") ? head : head.substring(type.lastIndexOf('.') + 1);
    }
}
