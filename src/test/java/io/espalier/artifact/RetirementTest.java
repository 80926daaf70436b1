package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Old versions leave the store whole, one budget at a time, and never while they are needed. */
class RetirementTest {

    private static final String MODEL = "tiny-bert";
    private static final Retention TWO = new Retention(2, Long.MAX_VALUE);

    private final Path directory;
    private final Path template;
    private final List<StagedModel> five = new ArrayList<>();

    /** Publishes five versions of one budget, and one of another. */
    RetirementTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.template = directory.resolve("template");
        Candidates made = Candidates.of(TinyBert.write(directory.resolve("parent")), "v1", 1);
        ArtifactStore store = CrashingFileOps.undisturbedStore(template);
        publish(store, made, "macs0.30-000001");
        for (int i = 1; i <= 5; i++) {
            five.add(publish(store, made, "macs0.50-00000" + i));
        }
    }

    private static StagedModel publish(ArtifactStore store, Candidates candidates, String version)
            throws IOException {
        StagedModel staged = candidates.as(version).stageIn(store);
        store.commit(staged);
        return staged;
    }

    /** A store of a name with all six. */
    private Path store(String name) throws IOException {
        Path root = directory.resolve(name);
        try (Stream<Path> all = Files.walk(template)) {
            for (Path each : all.toList()) {
                Files.copy(each, root.resolve(template.relativize(each)));
            }
        }
        return root;
    }

    @Test
    void theOldOnesOfTheBudgetGo() throws IOException {
        Path root = store("store");
        ArtifactStore store = ArtifactStore.open(root);
        assertThat(store.retire(five.get(4), Set.of("macs0.50-000002"), TWO))
                .containsExactly("macs0.50-000003", "macs0.50-000001");
        assertThat(store.versions(MODEL))
                .containsExactly(
                        "macs0.30-000001", "macs0.50-000002", "macs0.50-000004", "macs0.50-000005");
        for (String version : store.versions(MODEL)) {
            store.verify(MODEL, version);
        }
        assertThat(root.resolve(StagedModel.STAGING)).isEmptyDirectory();
        assertThat(store.retire(five.get(4), Set.of("macs0.50-000002"), TWO)).isEmpty();
    }

    @Test
    void allStayUnlessTheyAreBounded() throws IOException {
        Path root = store("store");
        assertThat(ArtifactStore.open(root).retire(five.get(4), Set.of(), Retention.ALL)).isEmpty();
    }

    @Test
    void bytesAreThoseOfTheFiles() throws IOException {
        Path root = store("store");
        long each = five.get(4).bytes();
        ArtifactStore store = ArtifactStore.open(root);
        assertThat(store.retire(five.get(4), Set.of(), new Retention(9, 5 * each + 1000)))
                .isEmpty();
        assertThat(store.retire(five.get(4), Set.of(), new Retention(9, 4 * each)))
                .contains("macs0.50-000001")
                .doesNotContain("macs0.50-000004");
    }

    @Test
    void whatLiveJsonNamesStays() throws IOException {
        Path root = store("store");
        ArtifactStore store = ArtifactStore.open(root);
        StagedModel second = five.get(1);
        store.point(
                new LivePointer(MODEL, "macs=0.5", 1, second.version(), second.manifestDigest()));
        assertThat(store.retire(five.get(4), Set.of(), TWO))
                .containsExactly("macs0.50-000003", "macs0.50-000001");
    }

    @Test
    void aLateCallOfAnOldAttemptLeavesAloneWhatIsNewer() throws IOException {
        Path root = store("store");
        assertThat(ArtifactStore.open(root).retire(five.get(2), Set.of(), new Retention(1, 1)))
                .containsExactly("macs0.50-000002", "macs0.50-000001");
    }

    /** Cut off before any of its calls, by a killed process and by a loss of power. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCrashLeavesWholeVersionsAndTheNextCallTheSame(boolean powerIsLost) throws IOException {
        int calls = calls();
        for (int crashAt = 0; crashAt < calls; crashAt++) {
            Path root = store("store-" + crashAt);
            CrashingFileOps disk = new CrashingFileOps(crashAt, true);
            try {
                ArtifactStore.open(root, disk, () -> "crashing").retire(five.get(4), Set.of(), TWO);
            } catch (IOException e) {
                assertThat(disk.crashed()).as("%s", e).isTrue();
            }
            if (powerIsLost) {
                disk.losePower();
            }
            ArtifactStore after = ArtifactStore.open(root);
            for (String version : after.versions(MODEL)) {
                after.verify(MODEL, version);
            }
            after.retire(five.get(4), Set.of(), TWO);
            after.collectOrphans(MODEL, Set.of(), Instant.MAX);
            assertThat(after.versions(MODEL))
                    .as("crash at %d", crashAt)
                    .containsExactly("macs0.30-000001", "macs0.50-000004", "macs0.50-000005");
        }
    }

    /** Of a run that is not cut off. */
    private int calls() throws IOException {
        Path root = store("whole");
        CrashingFileOps disk = new CrashingFileOps(Integer.MAX_VALUE, true);
        ArtifactStore.open(root, disk, () -> "whole").retire(five.get(4), Set.of(), TWO);
        return disk.trace().size();
    }
}
