package io.espalier.artifact;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How many published versions of a budget stay; what is referred to stays besides.
 *
 * @param versions newest versions that stay, the one just published among them; at least 1
 * @param bytes that the newest versions may hold together; the one just published stays however
 *     large it is
 */
public record Retention(int versions, long bytes) implements Serializable {

    /** Everything stays. */
    public static final Retention ALL = new Retention(Integer.MAX_VALUE, Long.MAX_VALUE);

    /** Refuses to keep nothing. */
    public Retention {
        if (versions < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "retention of %d versions, %d bytes: both at least 1"
                            .formatted(versions, bytes));
        }
    }

    /**
     * A published version.
     *
     * @param name its name
     * @param bytes of its files
     */
    record Version(String name, long bytes) {}

    /**
     * The versions that go.
     *
     * @param newestFirst all versions of a budget
     * @param referenced names of those that stay in any case
     */
    List<String> retired(List<Version> newestFirst, Set<String> referenced) {
        List<String> retired = new ArrayList<>();
        long free = bytes;
        for (int i = 0; i < newestFirst.size(); i++) {
            Version version = newestFirst.get(i);
            free = Math.max(-1, free - version.bytes());
            boolean fits = i == 0 || (i < versions && free >= 0);
            if (!fits && !referenced.contains(version.name())) {
                retired.add(version.name());
            }
        }
        return List.copyOf(retired);
    }
}
