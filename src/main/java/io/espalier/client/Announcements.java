package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/** Where it is said which version is live: one budget of one model. For one thread. */
interface Announcements extends AutoCloseable {

    /**
     * Waits until something else is live than at the last call, or a time is over, or a little
     * shorter; at the first call does not wait if something is live.
     *
     * @return the newest if there were several; null if there was none
     * @throws IOException if they cannot be read for now; the next call tries again
     */
    @Nullable ModelVersion next(Duration limit) throws IOException, InterruptedException;

    @Override
    void close();
}
