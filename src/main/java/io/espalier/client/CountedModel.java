package io.espalier.client;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model with the number of those who hold it: the slot it answers in, and each request on it.
 *
 * <p>The last one to let go closes it, once; nobody can take hold of it after that.
 */
final class CountedModel {

    private final ModelVersion version;
    private final LoadedModel model;
    private final Notices notices;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Held by whoever makes it. */
    CountedModel(ModelVersion version, LoadedModel model, Notices notices) {
        this.version = version;
        this.model = model;
        this.notices = notices;
    }

    ModelVersion version() {
        return version;
    }

    /** The model; only for those who hold it. */
    LoadedModel model() {
        return model;
    }

    /** Takes hold of it; false if it is closed, or about to be. */
    boolean hold() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Lets go of it. A failure to close is the listener's affair, not the last request's. */
    void release() {
        int left = holders.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException(version + " was let go more often than held");
        }
        if (left == 0) {
            try {
                model.close();
            } catch (RuntimeException e) {
                notices.troubled(e);
            }
            notices.retired(version);
        }
    }
}
