package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code live.json} is absent or whole, old or new, and a function of the pointers alone. */
class LivePointerTest {

    private static final String MODEL = "tiny-bert";
    private static final String HALF = "macs=0.5";
    private static final String THIRD = "macs=0.33";

    private final Path directory;
    private final Path parent;
    private final Path root;
    private final ArtifactStore store;
    private final Path live;

    LivePointerTest(@TempDir Path temporary) throws IOException {
        directory = temporary;
        parent = TinyBert.write(temporary.resolve("parent"));
        root = temporary.resolve("store");
        store = CrashingFileOps.undisturbedStore(root);
        live = root.resolve(MODEL).resolve("live.json");
    }

    private LivePointer published(ArtifactStore in, String budget, long sequence, String version)
            throws IOException {
        StagedModel staged = Candidates.of(parent, version, sequence).stageIn(in);
        in.commit(staged);
        return new LivePointer(MODEL, budget, sequence, version, staged.manifestDigest());
    }

    @Test
    void namesTheLiveVersionOfEachBudget() throws IOException {
        assertThat(store.live(MODEL)).isEmpty();
        LivePointer half = published(store, HALF, 1, "v1");
        LivePointer third = published(store, THIRD, 1, "w1");
        LivePointer next = published(store, HALF, 2, "v2");
        assertThat(store.point(half)).isTrue();
        assertThat(store.point(third)).isTrue();
        assertThat(store.live(MODEL)).containsExactly(third, half);
        assertThat(store.point(next)).isTrue();
        assertThat(store.live(MODEL)).containsExactly(third, next);
        assertThat(store.versions(MODEL)).containsExactly("v1", "v2", "w1");
        assertThat(Files.readString(live))
                .startsWith("{\n  \"format\" : 1,\n  \"model\" : \"tiny-bert\",\n")
                .endsWith("}\n")
                .doesNotContain(directory.toString());
        assertThat(root.resolve(StagedModel.STAGING)).isEmptyDirectory();
    }

    @Test
    void bytesDoNotDependOnTheOrderOfBudgets() throws IOException {
        ArtifactStore other = CrashingFileOps.undisturbedStore(directory.resolve("other"));
        store.point(published(store, HALF, 1, "v1"));
        store.point(published(store, THIRD, 1, "w1"));
        other.point(published(other, THIRD, 1, "w1"));
        other.point(published(other, HALF, 1, "v1"));
        assertThat(live)
                .hasSameBinaryContentAs(directory.resolve("other").resolve(MODEL + "/live.json"));
    }

    @Test
    void mayBeRepeatedAndIgnoresWhatComesLate() throws IOException {
        LivePointer first = published(store, HALF, 1, "v1");
        LivePointer second = published(store, HALF, 2, "v2");
        LivePointer back = new LivePointer(MODEL, HALF, 3, "v1", first.manifestDigest());
        assertThat(store.point(second)).isTrue();
        byte[] bytes = Files.readAllBytes(live);
        assertThat(store.point(second)).isFalse();
        assertThat(store.point(first)).isFalse();
        assertThat(live).hasBinaryContent(bytes);
        assertThat(store.point(back)).isTrue(); // A rollback is a new word about an old version.
        assertThat(store.live(MODEL)).containsExactly(back);
    }

    @Test
    void refusesWhatIsNotThereAndASecondJob() throws IOException {
        LivePointer first = published(store, HALF, 1, "v1");
        LivePointer other = published(store, HALF, 2, "v2");
        assertThatThrownBy(
                        () ->
                                store.point(
                                        new LivePointer(
                                                MODEL, HALF, 1, "v9", first.manifestDigest())))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("v9")
                .hasMessageContaining("is missing");
        assertThatThrownBy(
                        () ->
                                store.point(
                                        new LivePointer(
                                                MODEL, HALF, 1, "v1", other.manifestDigest())))
                .hasMessageContaining(first.manifestDigest())
                .hasMessageContaining(other.manifestDigest());
        assertThat(live).doesNotExist();
        store.point(first);
        assertThatThrownBy(
                        () ->
                                store.point(
                                        new LivePointer(
                                                MODEL, HALF, 1, "v2", other.manifestDigest())))
                .hasMessageContaining("v1, not v2")
                .hasMessageContaining("two jobs share this store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "macs=0.5\n", "MACS", "a/b"})
    void refusesHostileBudgets(String budget) {
        assertThatThrownBy(() -> new LivePointer(MODEL, budget, 1, "v1", "0f".repeat(32)))
                .hasMessageContaining("budget must match");
        assertThat(new LivePointer(MODEL, HALF, 1, "v1", "0f".repeat(32)).budget()).isEqualTo(HALF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"format\":2,\"model\":\"tiny-bert\",\"pointers\":[]}",
                "{\"format\":1,\"model\":\"other\",\"pointers\":[]}",
                "{\"format\":1,\"model\":\"tiny-bert\",\"pointers\":[],\"x\":1}"
            })
    void namesAFileThatSomebodyElseWrote(String json) throws IOException {
        LivePointer pointer = published(store, HALF, 1, "v1");
        Files.writeString(live, json);
        assertThatThrownBy(() -> store.live(MODEL))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("live.json");
        assertThatThrownBy(() -> store.point(pointer)).isInstanceOf(ArtifactException.class);
        Files.writeString(live, "{\"format\":1,\"model\":\"tiny-bert\",\"pointers\":[]}");
        assertThat(store.point(pointer)).isTrue();
    }

    @Test
    void isOldOrNewAtWhateverCallTheMachineStops() throws IOException {
        for (boolean powerLoss : new boolean[] {false, true}) {
            int calls = 0;
            for (int crashAt = 0; ; crashAt++) {
                Path crashed = directory.resolve("crash-" + powerLoss + crashAt);
                ArtifactStore calm = CrashingFileOps.undisturbedStore(crashed);
                LivePointer before = published(calm, HALF, 1, "v1");
                LivePointer after = published(calm, HALF, 2, "v2");
                calm.point(before);
                CrashingFileOps disk = new CrashingFileOps(crashAt, true);
                AtomicInteger attempts = new AtomicInteger();
                try {
                    ArtifactStore.open(crashed, disk, () -> "a" + attempts.getAndIncrement())
                            .point(after);
                } catch (IOException e) {
                    assertThat(disk.crashed()).as(e.toString()).isTrue();
                }
                if (powerLoss) {
                    disk.losePower();
                }
                assertThat(calm.live(MODEL)).hasSize(1).containsAnyOf(before, after);
                calm.point(after);
                assertThat(calm.live(MODEL)).containsExactly(after);
                if (!disk.crashed()) {
                    break;
                }
                calls++;
            }
            assertThat(calls).isGreaterThan(10);
        }
    }
}
