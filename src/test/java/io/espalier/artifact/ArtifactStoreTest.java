package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Versions are whole or absent, and committed once. */
class ArtifactStoreTest {

    private Path directory = Path.of("");
    private Path root = Path.of("");
    private Path parent = Path.of("");

    @BeforeEach
    void writeParent(@TempDir Path temporary) throws IOException {
        directory = temporary;
        root = temporary.resolve("store");
        parent = TinyBert.write(temporary.resolve("parent"));
    }

    @Test
    void publishesACompleteVersion() throws IOException {
        ArtifactStore store = ArtifactStore.open(root);
        Candidates candidate = Candidates.of(parent, "macs0.50-000017", 5);
        StagedModel staged = candidate.stageIn(store, Candidates.ALL);
        assertThat(root.resolve("tiny-bert")).doesNotExist();
        assertThat(store.locate(staged)).isEqualTo(root.resolve(staged.stagingPath()));
        ManifestVerifier.verify(store.locate(staged), staged.manifestDigest());

        store.commit(staged);

        Path version = root.resolve("tiny-bert").resolve("macs0.50-000017");
        assertThat(store.locate(staged)).isEqualTo(version);
        Manifest manifest = store.verify("tiny-bert", "macs0.50-000017");
        assertThat(manifest.files().stream().map(Manifest.FileEntry::name))
                .containsExactly(
                        "djl/config.json",
                        "djl/model.onnx",
                        "djl/serving.properties",
                        "djl/tokenizer.json",
                        "masks/mask.bits",
                        "masks/mask.json",
                        "masks/scales.safetensors",
                        "onnx/config.json",
                        "onnx/model.onnx",
                        "onnx/tokenizer.json",
                        "report.html",
                        "report.json",
                        "selfcheck.json",
                        "slim/config.json",
                        "slim/configuration_espalier.py",
                        "slim/model.safetensors",
                        "slim/modeling_espalier.py",
                        "slim/tokenizer.json",
                        "slim/tokenizer_config.json",
                        "stock/config.json",
                        "stock/model.safetensors",
                        "stock/tokenizer.json",
                        "stock/tokenizer_config.json");
        assertThat(version.resolve("run.json")).exists();
        assertThat(manifest.parent()).isEqualTo("sha256:" + candidate.description().parentDigest());
        assertThat(manifest.budget()).isEqualTo(new Manifest.Budget("macs=0.5", 0.5, 0.4987));
        assertThat(manifest.structure().stream().map(Manifest.Structure::state))
                .containsExactly(
                        "present", "present", "biasOnly", "present", "present", "biasOnly");
        assertThat(version.resolve("slim/tokenizer.json"))
                .hasSameBinaryContentAs(parent.resolve("tokenizer.json"));
        assertThat(version.resolve("slim/tokenizer_config.json"))
                .hasContent(
                        """
                        {
                          "model_max_length" : 32,
                          "pad_token" : "[PAD]",
                          "tokenizer_class" : "PreTrainedTokenizerFast"
                        }
                        """);
        long bytes = 0;
        for (Path file : files(version)) {
            bytes += file.endsWith("run.json") ? 0 : Files.size(file);
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .doesNotContain(directory.toString());
        }
        assertThat(staged.bytes()).isEqualTo(bytes);
        assertThat(files(root.resolve(".staging"))).isEmpty();
    }

    @Test
    void maskFileHoldsTheMask() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        Candidates candidate = Candidates.of(parent, "v1", 5);
        Path file = store.locate(candidate.stageIn(store)).resolve("masks/mask.json");
        MaskFile mask = MaskFile.fromJson(Files.readAllBytes(file));
        assertThat(mask).isEqualTo(MaskFile.of(candidate.description()));
        MaskFile.Row ffn = mask.sublayers().get(1);
        float[] values = candidate.description().mask().values(1);
        for (int i = 0; i < ffn.kept().size(); i++) {
            assertThat(ffn.values().get(i)).isEqualTo(values[ffn.kept().get(i)]);
        }
    }

    @Test
    void stagedTwiceGivesOneDigest() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        ArtifactStore other = CrashingFileOps.undisturbedStore(directory.resolve("elsewhere"));
        StagedModel once = Candidates.of(parent, "v1", 5).stageIn(store);
        StagedModel again = Candidates.of(parent, "v1", 5).stageIn(other);
        assertThat(again.manifestDigest()).isEqualTo(once.manifestDigest());
        StagedModel different = Candidates.of(parent, "v1", 6).stageIn(store);
        assertThat(different.manifestDigest()).isNotEqualTo(once.manifestDigest());
    }

    @Test
    void commitMayBeRepeated() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        StagedModel first = Candidates.of(parent, "v1", 5).stageIn(store);
        StagedModel replayed = Candidates.of(parent, "v1", 5).stageIn(store);
        store.commit(first);
        store.commit(first);
        ArtifactStore.open(root).commit(replayed);
        store.verify("tiny-bert", "v1");
        assertThat(files(root.resolve(".staging"))).isEmpty();
    }

    @Test
    void committersAtTheSameTimeAgree() throws IOException {
        for (int round = 0; round < 5; round++) {
            Candidates candidate = Candidates.of(parent, "v" + round, 5);
            ArtifactStore store = ArtifactStore.open(root.resolve("r" + round));
            List<StagedModel> staged = List.of(candidate.stageIn(store), candidate.stageIn(store));
            CompletableFuture<?>[] commits =
                    Stream.concat(staged.stream(), staged.stream())
                            .map(one -> CompletableFuture.runAsync(() -> commit(store, one)))
                            .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(commits).join();
            store.verify("tiny-bert", "v" + round);
        }
    }

    private static void commit(ArtifactStore store, StagedModel staged) {
        try {
            store.commit(staged);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesAnotherDigestForAVersionAndKeepsTheFirst() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        StagedModel first = Candidates.of(parent, "v1", 5).stageIn(store);
        StagedModel other = Candidates.of(parent, "v1", 6).stageIn(store);
        store.commit(first);
        assertThatThrownBy(() -> store.commit(other))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(first.manifestDigest())
                .hasMessageContaining(other.manifestDigest())
                .hasMessageContaining("immutable");
        assertThat(ManifestVerifier.digest(store.published("tiny-bert", "v1")))
                .isEqualTo(first.manifestDigest());
    }

    @Test
    void refusesToCommitWhatIsGoneOrAltered() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        StagedModel gone = Candidates.of(parent, "v1", 5).stageIn(store);
        store.discard(gone);
        assertThatThrownBy(() -> store.commit(gone)).hasMessageContaining("is missing");
        StagedModel altered = Candidates.of(parent, "v1", 5).stageIn(store);
        Files.writeString(store.locate(altered).resolve("manifest.json"), "{}");
        assertThatThrownBy(() -> store.commit(altered))
                .hasMessageContaining("its staging directory has manifest digest");
        assertThat(root.resolve("tiny-bert").resolve("v1")).doesNotExist();
    }

    @Test
    void refusesAParentOfAnotherDigest() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        Candidates candidate = Candidates.of(parent, "v1", 5);
        Path weights = parent.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> candidate.stageIn(store))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(candidate.description().parentDigest())
                .hasMessageContaining("a new parent needs a new job");
        assertThat(files(root.resolve(".staging"))).isEmpty();
    }

    @Test
    void refusesASlimModelThatIsNotTheMasks() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        Candidates one = Candidates.of(parent, "v1", 5);
        Candidates other = Candidates.of(parent, "v1", 6);
        assertThatThrownBy(
                        () -> store.draft(one.description(), other.sublayers(), parent, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bert.encoder.layer.");
        assertThatThrownBy(() -> store.draft(one.description(), List.of(), parent, Set.of()))
                .hasMessageContaining("mask of 6 sublayers, slim model of 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../v1",
                "a/../b",
                "a..b",
                "/etc",
                ".hidden",
                "V1",
                "a b",
                "a\u0000",
                "a\\b",
                "-a",
                "n1234567890123456789012345678901234567890123456789012345678901234"
            })
    void refusesHostileIds(String id) throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        assertThatThrownBy(() -> store.published("m", id)).hasMessageContaining("must match");
        assertThatThrownBy(() -> store.published(id, "v")).hasMessageContaining("must match");
        assertThatThrownBy(() -> new StagedModel(id, "v", ".staging/a", "", 0))
                .hasMessageContaining("must match");
        assertThatThrownBy(() -> new StagedModel("m", "v", ".staging/" + id, "", 0))
                .hasMessageContaining("must match");
        assertThatThrownBy(() -> Candidates.of(parent, id, 5)).hasMessageContaining("must match");
        assertThatThrownBy(() -> store.published("m", "v-1.0_a")).hasMessageContaining("has no m/");
    }

    @Test
    void refusesALinkInTheStore() throws IOException {
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        StagedModel staged = Candidates.of(parent, "v1", 5).stageIn(store);
        Files.createSymbolicLink(
                root.resolve("tiny-bert"), Files.createDirectory(directory.resolve("outside")));
        assertThatThrownBy(() -> store.commit(staged)).hasMessageContaining("passes a link");
    }

    @Test
    void namesAFolderThatCannotBeUsed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> ArtifactStore.open(file.resolve("store")))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("artefact store '" + file.resolve("store") + "'")
                .hasMessageContaining("name a folder on one file system");
        assertThatThrownBy(
                        () ->
                                ArtifactStore.open(
                                        root, new CrashingFileOps(4, false), () -> "attempt"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("cannot be used");
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
