package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whatever the call at which the machine stops, recovery publishes the same version, whole. */
class ArtifactCrashTest {

    private static final String VERSION = "v1";

    @Test
    void survivesAKilledProcessAtEveryCall(@TempDir Path directory) throws IOException {
        assertThat(crashAtEveryCall(directory, true, false)).isGreaterThan(20);
    }

    @Test
    void survivesALossOfPowerAtEveryCall(@TempDir Path directory) throws IOException {
        assertThat(crashAtEveryCall(directory, true, true)).isGreaterThan(20);
    }

    @Test
    void theDrillNoticesADiskThatDoesNotSync(@TempDir Path directory) {
        assertThatThrownBy(() -> crashAtEveryCall(directory, false, true))
                .isInstanceOf(ArtifactException.class);
    }

    private static int crashAtEveryCall(Path directory, boolean syncs, boolean powerLoss)
            throws IOException {
        Candidates candidate =
                Candidates.of(TinyBert.write(directory.resolve("parent")), VERSION, 5);
        StagedModel expected =
                candidate.stageIn(
                        CrashingFileOps.undisturbedStore(directory.resolve("undisturbed")));
        for (int crashAt = 0; ; crashAt++) {
            Path root = Files.createDirectories(directory.resolve("store" + crashAt));
            CrashingFileOps disk = new CrashingFileOps(crashAt, syncs);
            StagedModel inCheckpoint = null;
            try {
                ArtifactStore store = ArtifactStore.open(root, disk, new Attempts()::next);
                inCheckpoint = candidate.stageIn(store);
                store.commit(inCheckpoint);
            } catch (IOException e) {
                assertThat(disk.crashed()).as(e.toString()).isTrue();
            }
            if (powerLoss) {
                disk.losePower();
            }
            recover(root, candidate, inCheckpoint, expected);
            if (!disk.crashed()) {
                return crashAt;
            }
        }
    }

    private static void recover(
            Path root,
            Candidates candidate,
            @Nullable StagedModel inCheckpoint,
            StagedModel expected)
            throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        if (Files.exists(root.resolve("tiny-bert").resolve(VERSION))) {
            store.verify("tiny-bert", VERSION);
        }
        store.commit(inCheckpoint == null ? candidate.stageIn(store) : inCheckpoint);
        store.verify("tiny-bert", VERSION);
        ManifestVerifier.verify(store.published("tiny-bert", VERSION), expected.manifestDigest());
    }

    /** Unique names without chance. */
    private static final class Attempts {
        private int count;

        String next() {
            return "attempt-" + count++;
        }
    }
}
