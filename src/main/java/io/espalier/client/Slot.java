package io.espalier.client;

import io.espalier.client.Preparation.Ready;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The place of the model that answers, and what answered there before.
 *
 * <p>A request {@link #hold holds} one model from its first step to its last; an exchange is one
 * write to one field. The model that was replaced is closed by whoever lets go of it last.
 * Thread-safe.
 */
final class Slot {

    /** Versions a rollback can go back to, one after the other. */
    private static final int REMEMBERED = 8;

    private final Notices notices;
    private final Deque<ModelVersion> earlier = new ArrayDeque<>(); // The latest last.
    private volatile @Nullable CountedModel current;
    private final CountDownLatch first = new CountDownLatch(1);
    private boolean closed;

    Slot(Notices notices) {
        this.notices = notices;
    }

    /**
     * An exchange that took place.
     *
     * @param back whether an earlier version answers again
     */
    record Change(Swap swap, boolean back) {}

    /**
     * The model that answers now, held for the caller, who releases it.
     *
     * @throws IllegalStateException if the slot is closed
     */
    CountedModel hold() {
        while (true) {
            CountedModel model = current;
            if (model == null) {
                throw new IllegalStateException("the classifier is closed");
            }
            if (model.hold()) {
                return model;
            }
        }
    }

    /** Waits until a model answers; whether one does. */
    boolean awaitFirst(Duration limit) throws InterruptedException {
        return first.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What answers now; null before the first and after the last. */
    @Nullable ModelVersion version() {
        CountedModel model = current;
        return model == null ? null : model.version();
    }

    /** What answered before the present one; null if nothing did. */
    synchronized @Nullable ModelVersion previous() {
        return earlier.peekLast();
    }

    /** Lets an announced version answer; closes it if the slot is closed. */
    void install(Ready ready) {
        exchange(null, ready);
    }

    /**
     * Lets the previous version answer again in place of the present one.
     *
     * @return false if something else than {@code from} answers meanwhile
     */
    boolean rollBack(ModelVersion from, Ready ready) {
        return exchange(from, ready);
    }

    private boolean exchange(@Nullable ModelVersion from, Ready ready) {
        CountedModel before;
        Change change;
        synchronized (this) {
            before = current;
            ModelVersion known = version();
            if (closed || (from != null && !from.equals(known))) {
                ready.model().close();
                return false;
            }
            boolean back = known != null && remember(known, ready.version());
            change = new Change(new Swap(known, ready.version(), ready.selfChecks()), back);
            current = new CountedModel(ready.version(), ready.model(), notices);
        }
        notices.changed(change);
        first.countDown();
        if (before != null) {
            before.release();
        }
        return true;
    }

    /** Keeps what a rollback can go back to: older ones only. Whether this was one. */
    private boolean remember(ModelVersion old, ModelVersion now) {
        boolean back = now.version().compareTo(old.version()) < 0;
        if (back) {
            earlier.removeIf(past -> past.version().compareTo(now.version()) >= 0);
        } else {
            earlier.addLast(old);
            if (earlier.size() > REMEMBERED) {
                earlier.removeFirst();
            }
        }
        return back;
    }

    /** Takes the model out; requests in flight end on it. */
    void close() {
        CountedModel last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        if (last != null) {
            last.release();
        }
    }
}
