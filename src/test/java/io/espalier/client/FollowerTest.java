package io.espalier.client;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static io.espalier.client.Store.version;
import static org.assertj.core.api.Assertions.assertThat;

/** A topic is ahead of its store at times: announced versions are waited for, but not for ever. */
class FollowerTest {

    private final Store store;
    private final InMemoryModels models = new InMemoryModels();
    private final Told told = new Told();
    private final Notices notices = new Notices(told);
    private final Slot slot = new Slot(notices);
    private final Said said = new Said();
    private @Nullable Thread thread;

    FollowerTest(@TempDir Path directory) throws IOException {
        store = new Store(directory);
    }

    /** Says what the test puts in. */
    private static final class Said implements Announcements {

        private final BlockingQueue<ModelVersion> queue = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        @Override
        public @Nullable ModelVersion next(Duration limit) throws InterruptedException {
            long millis = Math.min(limit.toMillis(), 10);
            return queue.poll(millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private void follow(Duration appearance) {
        Preparation preparation =
                new Preparation(
                        Followed.directory(store.root(), Store.MODEL, "macs=0.5").place(),
                        models,
                        List.of(),
                        appearance,
                        Clock.systemUTC());
        Thread follower =
                new Thread(
                        new Follower(said, preparation, Duration.ofMinutes(1), slot, notices),
                        "follower of a test");
        thread = follower;
        follower.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        Thread follower = thread;
        if (follower != null) {
            follower.interrupt();
            follower.join();
            assertThat(said.closed).isTrue();
        }
        slot.close();
        assertThat(models.open()).isZero();
    }

    private ModelVersion unpublished(int number) {
        return new ModelVersion(Store.MODEL, version(number), "0f".repeat(32));
    }

    @Test
    void waitsForADirectoryThatTheRecordIsAheadOf() throws Exception {
        Store elsewhere = new Store(store.root().resolveSibling("elsewhere"));
        follow(Duration.ofMinutes(1));
        said.queue.add(elsewhere.publish(1)); // The same bytes, so the same digest.
        while (!said.queue.isEmpty()) {
            Thread.sleep(1);
        }
        store.publish(1);
        told.await("swapped to " + version(1));
        assertThat(told.events()).hasSize(1);
    }

    @Test
    void doesNotWaitWhenSomethingNewerIsAnnounced() throws Exception {
        ModelVersion second = store.publish(2);
        follow(Duration.ofMinutes(1));
        said.queue.add(unpublished(1));
        said.queue.add(second);
        told.await("swapped to " + version(2));
        assertThat(told.events()).hasSize(1);
    }

    @Test
    void refusesWhatDoesNotAppearInTime() throws Exception {
        follow(Duration.ofMillis(30));
        said.queue.add(unpublished(1));
        told.await("refused " + version(1));
        assertThat(told.events().get(0)).contains("was announced and is not there", "at most 30");
        said.queue.add(store.publish(2));
        told.await("swapped to " + version(2));
    }

    @Test
    void refusesAWrongDigestAndANameThatWouldLeaveTheStore() throws Exception {
        ModelVersion first = store.publish(1);
        follow(Duration.ofMinutes(1));
        said.queue.add(new ModelVersion(first.model(), first.version(), "0f".repeat(32)));
        told.await("refused " + version(1));
        assertThat(told.events().get(0)).contains(first.manifestDigest(), "0f0f");
        said.queue.add(new ModelVersion("..", first.version(), first.manifestDigest()));
        told.await(2, "refused");
        assertThat(told.events().get(1)).contains("model id '..'");
        said.queue.add(first);
        told.await("swapped to " + version(1));
    }

    @Test
    void whatIsLiveAlreadyIsNotLoadedAgain() throws Exception {
        ModelVersion first = store.publish(1);
        follow(Duration.ofMinutes(1));
        said.queue.add(first);
        told.await("swapped to " + version(1));
        said.queue.add(first);
        said.queue.add(store.publish(2));
        told.await("swapped to " + version(2));
        assertThat(models.loaded()).isEqualTo(2);
    }
}
