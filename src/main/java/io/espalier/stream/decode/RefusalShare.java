package io.espalier.stream.decode;

/**
 * The share of records that are refused, over stretches of {@value #STRETCH} records of one task: a
 * mistake upstream must not drain the topic into the dead letters unnoticed.
 *
 * <p>Mutable, not thread-safe; a restart begins a new stretch.
 */
final class RefusalShare {

    /** Records after which the share is looked at. */
    static final int STRETCH = 1000;

    private final double most;
    private int records;
    private int refused;

    /**
     * Nothing seen yet.
     *
     * @param most share that is allowed, 1 for any
     */
    RefusalShare(double most) {
        this.most = most;
    }

    /**
     * Counts a record.
     *
     * @param isRefused whether it became a dead letter
     * @return records that were refused of the last {@value #STRETCH}, if those are too many; else
     *     -1
     */
    int count(boolean isRefused) {
        records++;
        refused += isRefused ? 1 : 0;
        if (records < STRETCH) {
            return -1;
        }
        int found = refused;
        records = 0;
        refused = 0;
        return found > most * STRETCH ? found : -1;
    }
}
