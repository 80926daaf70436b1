package io.espalier.client;

import org.jspecify.annotations.Nullable;

/**
 * The way to a listener: what it throws reaches the thread's handler of uncaught exceptions and
 * nobody else. Thread-safe if the listener is.
 */
final class Notices {

    private final Listener listener;
    private volatile @Nullable String trouble;

    Notices(Listener listener) {
        this.listener = listener;
    }

    void changed(Slot.Change change) {
        tell(
                () -> {
                    if (change.back()) {
                        listener.rolledBack(change.swap());
                    } else {
                        listener.swapped(change.swap());
                    }
                });
    }

    void refused(ModelVersion version, Throwable why) {
        tell(() -> listener.refused(version, why));
    }

    void retired(ModelVersion version) {
        tell(() -> listener.retired(version));
    }

    /** The same trouble is told once. */
    void troubled(Throwable why) {
        String now = why.toString();
        if (!now.equals(trouble)) {
            trouble = now;
            tell(() -> listener.troubled(why));
        }
    }

    /** What troubled is over. */
    void calm() {
        trouble = null;
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
