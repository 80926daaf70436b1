package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** A volume that is full, or read-only, for a while: nothing torn, a telling error, then once. */
class FullDiskTest {

    private static final String MODEL = "tiny-bert";

    private final Path root;
    private final Candidates candidate;
    private final long bytes;

    FullDiskTest(@TempDir Path directory) throws IOException {
        root = directory.resolve("store");
        candidate = Candidates.of(TinyBert.write(directory.resolve("parent")), "v1", 3);
        Path elsewhere = directory.resolve("elsewhere");
        bytes = candidate.stageIn(CrashingFileOps.undisturbedStore(elsewhere)).bytes();
    }

    private ArtifactStore store(FileOps disk) throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        return ArtifactStore.open(root, disk, () -> "attempt-" + attempts.getAndIncrement());
    }

    @Test
    void failsCleanlyWhateverIsLeftAndPublishesOnceThereIsRoom() throws IOException {
        int refusals = 0;
        for (long room = 1; room < bytes; room = 2 * room + 1) {
            FullDisk disk = new FullDisk(room);
            ArtifactStore store = store(disk);
            assertThatThrownBy(() -> candidate.stageIn(store))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining(root.toRealPath().resolve(".staging").toString());
            assertThat(root.resolve(".staging")).isEmptyDirectory();
            assertThat(root.resolve(MODEL)).doesNotExist();
            refusals++;
        }
        assertThat(refusals).isGreaterThan(10);
        FullDisk disk = new FullDisk(bytes + 1000); // The probe of open() and run.json take a few.
        ArtifactStore store = store(disk);
        StagedModel staged = candidate.stageIn(store);
        store.commit(staged);
        assertThat(store.verify(MODEL, "v1").version()).isEqualTo("v1");
    }

    @Test
    void namesTheBytesWantedWrittenAndFree() throws IOException {
        FullDisk disk = new FullDisk(10_000);
        ArtifactStore store = store(disk);
        Throwable failure = catchThrowable(() -> candidate.stageIn(store));
        Matcher numbers =
                Pattern.compile("about (\\d+) bytes, (\\d+) are written and (\\d+) are free")
                        .matcher(String.valueOf(failure.getMessage()));
        assertThat(numbers.find()).as("%s", failure).isTrue();
        assertThat(Long.parseLong(numbers.group(1))).isBetween(bytes / 2, 2 * bytes);
        assertThat(Long.parseLong(numbers.group(2))).isBetween(1L, 10_000L);
        assertThat(Long.parseLong(numbers.group(3))).isEqualTo(disk.usableBytes(root));
    }

    @Test
    void aVolumeThatTurnsReadOnlyLeavesWhatOrphanCollectionRemoves() throws IOException {
        ReadOnlyDisk disk = new ReadOnlyDisk();
        ArtifactStore store = store(disk);
        StagedModel waiting = candidate.stageIn(store);
        disk.callsLeft = 5; // It turns in the midst of staging; not even tidying up is possible.
        assertThatThrownBy(() -> candidate.stageIn(store))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("Read-only file system");
        assertThatThrownBy(() -> store.commit(waiting)).hasMessageContaining("Read-only");
        assertThat(root.resolve(MODEL)).doesNotExist();
        assertThat(root.resolve(".staging/" + MODEL + "~attempt-2")).isDirectory();

        disk.callsLeft = Integer.MAX_VALUE;
        assertThat(store.collectOrphans(MODEL, Set.of(waiting.stagingName()), Instant.MAX))
                .containsExactly(MODEL + "~attempt-2");
        store.commit(waiting);
        assertThat(store.versions(MODEL)).containsExactly("v1");
        store.verify(MODEL, "v1");
    }

    @Test
    void refusesToOpenAStoreThatCannotBeWritten() {
        ReadOnlyDisk disk = new ReadOnlyDisk();
        disk.callsLeft = 0;
        assertThatThrownBy(() -> store(disk))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("cannot be used")
                .hasMessageContaining("Read-only file system");
    }

    /** A real disk with a hand on it. */
    private abstract static class HeldDisk implements FileOps {

        private final FileOps disk = new CrashingFileOps(Integer.MAX_VALUE, true);

        /** Called before each change. */
        abstract void hold(Path path) throws IOException;

        /** What is really written. */
        OutputStream passing(OutputStream out) {
            return out;
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            hold(directory);
            disk.createDirectories(directory);
        }

        @Override
        public void write(Path file, Content content) throws IOException {
            hold(file);
            disk.write(file, out -> content.writeTo(passing(out)));
        }

        @Override
        public void sync(Path path) throws IOException {
            hold(path);
            disk.sync(path);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            hold(to);
            disk.move(from, to);
        }

        @Override
        public void deleteTree(Path directory) throws IOException {
            hold(directory);
            disk.deleteTree(directory);
        }

        @Override
        public long usableBytes(Path path) throws IOException {
            return disk.usableBytes(path);
        }
    }

    /** So many bytes, then ENOSPC; deleting is possible and gives nothing back. */
    private static final class FullDisk extends HeldDisk {

        private long room;

        FullDisk(long room) {
            this.room = room;
        }

        @Override
        void hold(Path path) {}

        @Override
        OutputStream passing(OutputStream out) {
            return new LimitedStream(out);
        }

        @Override
        public long usableBytes(Path path) {
            return room;
        }

        /** Passes on what there is room for. */
        private final class LimitedStream extends FilterOutputStream {

            LimitedStream(OutputStream out) {
                super(out);
            }

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int fits = (int) Math.min(length, room);
                out.write(bytes, offset, fits);
                room -= fits;
                if (fits < length) {
                    throw new IOException("No space left on device");
                }
            }
        }
    }

    /** So many calls, then EROFS. */
    private static final class ReadOnlyDisk extends HeldDisk {

        private int callsLeft = Integer.MAX_VALUE;

        @Override
        void hold(Path path) throws IOException {
            if (callsLeft-- <= 0) {
                throw new IOException(path + ": Read-only file system");
            }
        }
    }
}
