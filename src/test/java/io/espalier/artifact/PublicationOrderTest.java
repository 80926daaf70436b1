package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Commits that come late, twice, in another order or from an attempt that was given up. */
class PublicationOrderTest {

    private static final String MODEL = "tiny-bert";
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private Path root = Path.of("");
    private Path parent = Path.of("");
    private ArtifactStore store;

    PublicationOrderTest(@TempDir Path directory) throws IOException {
        root = directory.resolve("store");
        parent = TinyBert.write(directory.resolve("parent"));
        store = CrashingFileOps.undisturbedStore(root);
    }

    @BeforeEach
    void startsEmpty() throws IOException {
        assertThat(store.versions(MODEL)).isEmpty();
    }

    private StagedModel staged(String version, long seed) throws IOException {
        return Candidates.of(parent, version, seed).stageIn(store);
    }

    @Test
    void takesALostNotificationsCommitWithTheNextOne() throws IOException {
        StagedModel first = staged("v1", 1);
        StagedModel second = staged("v2", 2);
        assertThat(store.versions(MODEL)).isEmpty();
        store.commit(first); // Flink hands over everything up to the checkpoint it tells of.
        store.commit(second);
        assertThat(store.versions(MODEL)).containsExactly("v1", "v2");
    }

    @Test
    void takesNotificationsOutOfOrder() throws IOException {
        StagedModel first = staged("v1", 1);
        StagedModel second = staged("v2", 2);
        store.commit(second);
        store.commit(first);
        store.commit(second);
        for (StagedModel each : List.of(first, second)) {
            ManifestVerifier.verify(store.locate(each), each.manifestDigest());
        }
        assertThat(store.versions(MODEL)).containsExactly("v1", "v2");
    }

    @Test
    void aZombieOfAnOldAttemptCanDoNoHarm() throws IOException {
        StagedModel zombies = staged("v1", 1);
        ArtifactStore restarted = ArtifactStore.open(root);
        StagedModel recomputed = Candidates.of(parent, "v1", 1).stageIn(restarted);
        assertThat(recomputed.stagingPath()).isNotEqualTo(zombies.stagingPath());
        restarted.commit(recomputed);
        store.commit(zombies);
        assertThat(root.resolve(zombies.stagingPath())).doesNotExist();
        ManifestVerifier.verify(store.published(MODEL, "v1"), recomputed.manifestDigest());
    }

    @Test
    void aDeletedVersionIsReportedAndNotRewritten() throws IOException {
        StagedModel published = staged("v1", 1);
        store.commit(published);
        new DiskFileOps().deleteTree(root.resolve(MODEL).resolve("v1"));
        assertThatThrownBy(() -> store.verify(MODEL, "v1")).hasMessageContaining("has no");
        assertThatThrownBy(() -> store.commit(published)).hasMessageContaining("is missing");
        assertThat(root.resolve(MODEL).resolve("v1")).doesNotExist();
    }

    @Test
    void collectsWhatIsOldAndReferencedByNobody() throws IOException {
        StagedModel old = staged("v1", 1);
        StagedModel waiting = staged("v2", 2);
        StagedModel fresh = staged("v3", 3);
        age(old, NOON.minusSeconds(3601));
        age(waiting, NOON.minusSeconds(3601));
        age(fresh, NOON.minusSeconds(3600));
        List<String> collected =
                store.collectOrphans(MODEL, Set.of(waiting.stagingName()), NOON.minusSeconds(3600));
        assertThat(collected).containsExactly(old.stagingName());
        assertThat(root.resolve(old.stagingPath())).doesNotExist();
        store.commit(waiting);
        store.commit(fresh);
        assertThat(store.versions(MODEL)).containsExactly("v2", "v3");
        assertThat(store.collectOrphans(MODEL, Set.of(), Instant.MAX)).isEmpty();
        store.verify(MODEL, "v2");
    }

    @Test
    void collectsTornStagingAndTemporaryFilesToo() throws IOException {
        Path staging = root.resolve(StagedModel.STAGING);
        Files.createDirectories(staging.resolve(MODEL + "~torn").resolve("slim"));
        Files.writeString(staging.resolve(MODEL + "~torn/slim/model.safetensors"), "half");
        Files.writeString(staging.resolve(MODEL + "~live-1"), "{");
        Files.writeString(staging.resolve("another~live-1"), "{");
        assertThat(store.collectOrphans(MODEL, Set.of(), Instant.MAX))
                .containsExactly(MODEL + "~live-1", MODEL + "~torn");
        assertThat(staging).isDirectoryContaining("glob:**another~live-1");
    }

    private void age(StagedModel staged, Instant changed) throws IOException {
        Files.setLastModifiedTime(root.resolve(staged.stagingPath()), FileTime.from(changed));
    }
}
