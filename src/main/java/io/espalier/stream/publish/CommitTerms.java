package io.espalier.stream.publish;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;

/**
 * Under which terms a sink's transactions are committed.
 *
 * @param topic that they write to
 * @param timeout after which the broker may abort one
 * @param acceptedLosses names, as {@link LostTransaction#name} gives them, of those that the
 *     operator does without
 */
public record CommitTerms(String topic, Duration timeout, Set<String> acceptedLosses)
        implements Serializable {

    /** Copies the set. */
    public CommitTerms {
        acceptedLosses = Set.copyOf(acceptedLosses);
    }
}
