package io.espalier.client;

/**
 * Is told what becomes of the versions that are announced.
 *
 * <p>Calls come from the thread that follows the announcements and from those that call {@link
 * LiveClassifier#rollback}, {@link LiveClassifier#close} or, for {@link #retired}, {@code
 * classify}: be quick. What a listener throws goes to the thread's handler of uncaught exceptions
 * and changes nothing.
 */
public interface Listener {

    /** A later version, or the first one, answers from now on. */
    default void swapped(Swap swap) {}

    /** An earlier version answers again, since it was announced so or asked for. */
    default void rolledBack(Swap swap) {}

    /**
     * A version was announced and does not become live; what answered before goes on answering. It
     * is tried again later, unless another version is announced.
     *
     * @param why names the step that failed, and the file
     */
    default void refused(ModelVersion version, Throwable why) {}

    /** The last request on a version has ended and its memory was given back. */
    default void retired(ModelVersion version) {}

    /**
     * The announcements cannot be read for now, or one of them cannot; what answered before goes on
     * answering. Told once until it changes.
     */
    default void troubled(Throwable why) {}
}
