package io.espalier.demo;

/**
 * A listener to how far a long task has come.
 *
 * <p>Called from the thread that does the work, up to once per unit of it, so it has to be cheap.
 */
@FunctionalInterface
public interface Progress {
    /** Listens to nothing. */
    Progress NONE = (task, done, total) -> {};

    /**
     * Tells that {@code done} of {@code total} units (bytes, tensors, samples) of a task are done.
     *
     * @param task what is going on, in words for a person; names one bar
     */
    void update(String task, long done, long total);
}
