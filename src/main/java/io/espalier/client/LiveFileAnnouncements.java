package io.espalier.client;

import io.espalier.artifact.LivePointer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/**
 * Looks into {@code live.json} every so often.
 *
 * <p>A look is one read of a small file, which is replaced by a rename; notifications of the file
 * system would be faster, and do not come where the store is shared over a network.
 */
final class LiveFileAnnouncements implements Announcements {

    private final LiveFile file;
    private final Duration period;
    private @Nullable LivePointer last;
    private boolean looked;

    LiveFileAnnouncements(LiveFile file, Duration period) {
        this.file = file;
        this.period = period;
    }

    @Override
    public @Nullable ModelVersion next(Duration limit) throws IOException, InterruptedException {
        if (looked) {
            Thread.sleep((limit.compareTo(period) < 0 ? limit : period).toMillis());
        }
        looked = true;
        LivePointer now = file.pointer();
        if (now == null || now.equals(last)) {
            return null;
        }
        last = now;
        return LiveFile.version(now);
    }

    @Override
    public void close() {}
}
