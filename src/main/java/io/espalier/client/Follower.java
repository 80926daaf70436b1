package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/**
 * Brings what is announced to answer, one version at a time: on a thread of its own, for ever.
 *
 * <p>What is wanted is the newest that was announced. A version that cannot be prepared is tried
 * again after a while that doubles, unless another one is announced; a newer one that is announced
 * while the directory of an older one is awaited takes its place.
 */
final class Follower implements Runnable {

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    /** Between two looks for a directory that was announced, and after trouble with the source. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Announcements announcements;
    private final Preparation preparation;
    private final Duration retry;
    private final Slot slot;
    private final Notices notices;

    private @Nullable ModelVersion wanted;
    private Duration delay;
    private long refusedAt;
    private volatile @Nullable Throwable last;

    Follower(
            Announcements announcements,
            Preparation preparation,
            Duration retry,
            Slot slot,
            Notices notices) {
        this.announcements = announcements;
        this.preparation = preparation;
        this.retry = retry;
        this.slot = slot;
        this.notices = notices;
        this.delay = Duration.ZERO;
    }

    /** Says that a newer version was announced while an older one was awaited. */
    private static final class SupersededException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    /** What kept the last version from answering, or the announcements from being read. */
    @Nullable Throwable lastTrouble() {
        return last;
    }

    @Override
    public void run() {
        try (announcements) {
            while (true) {
                listen(wanted == null ? IDLE : untilRetry());
                ModelVersion version = wanted;
                if (version != null && untilRetry().isZero()) {
                    bring(version);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Waits for an announcement; whether there was one. */
    private boolean listen(Duration limit) throws InterruptedException {
        try {
            ModelVersion next = announcements.next(limit);
            notices.calm();
            if (next == null) {
                return false;
            }
            wanted = next;
            delay = Duration.ZERO;
            return true;
        } catch (IOException | RuntimeException | Error e) {
            last = e;
            notices.troubled(e);
            Thread.sleep(PAUSE.toMillis());
            return false;
        }
    }

    private Duration untilRetry() {
        Duration left = delay.minusNanos(System.nanoTime() - refusedAt);
        return delay.isZero() || left.isNegative() ? Duration.ZERO : left;
    }

    private void bring(ModelVersion version) throws InterruptedException {
        if (version.equals(slot.version())) {
            wanted = null;
            return;
        }
        try {
            slot.install(preparation.prepare(version, this::listenOn));
            wanted = null;
        } catch (SupersededException e) {
            return; // There is another one to bring.
        } catch (IOException | RuntimeException | Error e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("closed while " + version + " was prepared");
            }
            last = e;
            delay = delay.isZero() ? retry : min(delay.multipliedBy(2), LONGEST_RETRY);
            refusedAt = System.nanoTime();
            notices.refused(version, e);
        }
    }

    private void listenOn() throws InterruptedException {
        if (listen(PAUSE)) {
            throw new SupersededException();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
