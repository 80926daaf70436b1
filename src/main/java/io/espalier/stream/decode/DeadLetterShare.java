package io.espalier.stream.decode;

import java.util.BitSet;
import java.util.Locale;

/**
 * The share of refused ones among the last inputs of one task, and the limit it must keep to: a
 * mistake upstream, like a changed schema, must not drain a topic into the dead letters.
 *
 * <p>Counts inputs, not time, and judges nothing before its window is full once: with few inputs a
 * share says little. Starts empty after a restart; then the replayed inputs fill it again, so that
 * a job that was stopped stops again. Mutable; one for each task.
 */
public final class DeadLetterShare {

    /** Inputs that are looked back on if nothing else is configured. */
    public static final int DEFAULT_WINDOW = 1000;

    private final double maximum;
    private final String option;
    private final int window;
    private final BitSet refused;
    private int next;
    private boolean full;

    /**
     * A count from nothing.
     *
     * @param maximum share above which the job has to stop, in (0, 1]; 1 never stops it
     * @param window number of inputs looked back on
     * @param option name of the option that sets the maximum, for the message
     */
    public DeadLetterShare(double maximum, int window, String option) {
        if (!(maximum > 0 && maximum <= 1) || window < 1) {
            throw new IllegalArgumentException(
                    option
                            + ": maximum "
                            + maximum
                            + " must be in (0, 1], window "
                            + window
                            + " at least 1");
        }
        this.maximum = maximum;
        this.option = option;
        this.window = window;
        this.refused = new BitSet(window);
    }

    /** Counts an input that went on. */
    public void accepted() {
        count(false);
    }

    /**
     * Counts an input that was refused.
     *
     * @param reason stage and message of its dead letter, without its payload
     * @throws DeadLetterFloodException if too many were
     */
    public void refused(String reason) throws DeadLetterFloodException {
        count(true);
        int letters = refused.cardinality();
        if (full && letters > maximum * window) {
            throw new DeadLetterFloodException(
                    letters
                            + " of the last "
                            + window
                            + " inputs of this task are dead letters, a share of "
                            + share(letters)
                            + "; "
                            + option
                            + " allows "
                            + maximum
                            + ". The last reason: "
                            + reason
                            + ". Mend what sends them and start the job again from its last"
                            + " checkpoint, or raise the option to let them through");
        }
    }

    private String share(int letters) {
        return String.format(Locale.ROOT, "%.3f", (double) letters / window);
    }

    private void count(boolean letter) {
        refused.set(next, letter);
        next++;
        if (next == window) {
            next = 0;
            full = true;
        }
    }
}
