package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A reader sees a whole version or none, and waits for one that was announced. */
class PublishedReaderTest {

    private static final String MODEL = "tiny-bert";
    private static final int PUBLISHES = 500;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path root;
    private final Path parent;
    private final ArtifactStore store;
    private final AtomicInteger pauses = new AtomicInteger();

    PublishedReaderTest(@TempDir Path directory) throws IOException {
        root = directory.resolve("store");
        parent = TinyBert.write(directory.resolve("parent"));
        store = CrashingFileOps.undisturbedStore(root);
    }

    /** Time passes by pausing only, a second each. */
    private PublishedReader reader(PublishedReader.Pause pause) {
        Clock clock =
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return Instant.ofEpochSecond(pauses.get());
                    }
                };
        return new PublishedReader(
                clock,
                LIMIT,
                () -> {
                    pauses.incrementAndGet();
                    pause.pause();
                });
    }

    @Test
    void waitsForADirectoryThatTheRecordIsAheadOf() throws Exception {
        StagedModel staged = Candidates.of(parent, "v1", 1).stageIn(store);
        PublishedReader reader =
                reader(
                        () -> {
                            if (pauses.get() == 3) {
                                commit(staged);
                            }
                        });
        reader.await(place("v1"), staged.manifestDigest());
        assertThat(place("v1")).isDirectory();
        assertThat(pauses).hasValue(3);
    }

    private Path place(String version) {
        return PublishedReader.directory(root, MODEL, version);
    }

    private void commit(StagedModel staged) {
        try {
            store.commit(staged);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void givesUpAfterItsLimitWithBothNumbers() {
        PublishedReader reader = reader(() -> {});
        assertThatThrownBy(() -> reader.await(place("v1"), "0f".repeat(32)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("10000 ms of at most 10000")
                .hasMessageContaining(MODEL + "/v1");
        assertThat(pauses).hasValue(10);
    }

    @Test
    void doesNotWaitForAWrongDigestToBecomeRight() throws Exception {
        StagedModel staged = Candidates.of(parent, "v1", 1).stageIn(store);
        store.commit(staged);
        assertThatThrownBy(() -> reader(() -> {}).await(place("v1"), "0f".repeat(32)))
                .hasMessageContaining(staged.manifestDigest())
                .hasMessageContaining("0f0f");
        assertThat(pauses).hasValue(0);
        Files.writeString(root.resolve(MODEL).resolve("v1/slim/config.json"), "{}");
        assertThatThrownBy(() -> reader(() -> {}).await(place("v1"), staged.manifestDigest()))
                .hasMessageContaining("slim/config.json");
    }

    @Test
    void aPollingReaderNeverSeesAPartialVersion() throws Exception {
        Candidates candidate = Candidates.of(parent, "v0", 1);
        AtomicBoolean published = new AtomicBoolean();
        CompletableFuture<Set<String>> reader =
                CompletableFuture.supplyAsync(() -> readUntil(published));
        for (int i = 0; i < PUBLISHES; i++) {
            StagedModel staged = candidate.as("v" + i).stageIn(store);
            store.commit(staged);
            store.point(
                    new LivePointer(MODEL, "macs=0.5", i + 1, "v" + i, staged.manifestDigest()));
        }
        published.set(true);
        assertThat(reader.get()).hasSize(PUBLISHES);
    }

    /** Verifies each version as soon as it shows, and what is said to be live. */
    private Set<String> readUntil(AtomicBoolean published) {
        Set<String> seen = new TreeSet<>();
        try {
            boolean last;
            do {
                last = published.get();
                for (String version : store.versions(MODEL)) {
                    if (seen.add(version)) {
                        store.verify(MODEL, version);
                    }
                }
                for (LivePointer live : store.live(MODEL)) {
                    assertThat(ManifestVerifier.digest(store.published(MODEL, live.version())))
                            .isEqualTo(live.manifestDigest());
                }
            } while (!last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seen;
    }
}
