package io.espalier.artifact;

import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A published directory is what its manifest says, to the byte. */
class ManifestVerifierTest {

    private Path root = Path.of("");
    private Path version = Path.of("");
    private String digest = "";

    @BeforeEach
    void publish(@TempDir Path temporary) throws IOException {
        root = temporary.resolve("store");
        ArtifactStore store = CrashingFileOps.undisturbedStore(root);
        StagedModel staged =
                Candidates.of(TinyBert.write(temporary.resolve("parent")), "v1", 5)
                        .stageIn(store, Candidates.ALL);
        store.commit(staged);
        version = store.published("tiny-bert", "v1");
        digest = staged.manifestDigest();
    }

    @Test
    void acceptsWhatWasPublishedWhereverItLies() throws IOException {
        Files.writeString(version.resolve("run.json"), "{}");
        Path moved = Files.move(version, root.resolveSibling("moved"));
        assertThat(ManifestVerifier.verify(moved, digest).version()).isEqualTo("v1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slim/model.safetensors",
                "slim/modeling_espalier.py",
                "stock/model.safetensors",
                "onnx/model.onnx",
                "djl/serving.properties",
                "masks/mask.bits",
                "selfcheck.json"
            })
    void refusesAFlippedByte(String name) throws IOException {
        Path file = version.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("'" + name + "' has sha256");
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(ManifestVerifier.verify(version).version()).isEqualTo("v1");
    }

    @Test
    void refusesAnotherSize() throws IOException {
        Files.writeString(version.resolve("slim/config.json"), "{}");
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .hasMessageContaining("'slim/config.json' has 2 bytes, the manifest says");
    }

    @Test
    void refusesAMissingFile() throws IOException {
        Files.delete(version.resolve("masks/mask.json"));
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .hasMessageContaining("'masks/mask.json' is missing");
    }

    @Test
    void refusesAnExtraFile() throws IOException {
        Files.writeString(version.resolve("slim/modeling.py"), "");
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .hasMessageContaining("'slim/modeling.py' is not in the manifest");
    }

    @Test
    void refusesARenamedFile() throws IOException {
        Files.move(version.resolve("slim/config.json"), version.resolve("slim/config2.json"));
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .hasMessageContaining("'slim/config.json' is missing");
    }

    @Test
    void refusesALink() throws IOException {
        Path config = version.resolve("slim/config.json");
        Path outside = Files.move(config, root.resolve("config.json"));
        Files.createSymbolicLink(config, outside);
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .hasMessageContaining("'slim/config.json' is a link");
    }

    @Test
    void refusesTheManifestOfAnotherVersion() throws IOException {
        Path manifest = version.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"v1\"", "\"v2\""));
        assertThatThrownBy(() -> ManifestVerifier.verify(version, digest))
                .hasMessageContaining("expected " + digest);
        assertThatThrownBy(() -> CrashingFileOps.undisturbedStore(root).verify("tiny-bert", "v1"))
                .hasMessageContaining("the manifest is of tiny-bert/v2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\" : 2,           | \"format\" : 3,                | reads format 2",
                "\"format\" : 2,           | \"format\" : 1,                | reads format 2",
                "\"format\" : 2,           | \"format\" : 1.5,              | manifest.json: ",
                "\"format\" : 2,           | ''                             | 'format'",
                "\"format\" : 2,           | \"format\" : 2, \"also\" : 1,  | \"also\"",
                "\"format\" : 2,           | \"format\" : 2, \"format\" : 2, | Duplicate field",
                "\"first\" : 17,           | \"first\" : 4712,              | from 4712 to 4711",
                "\"slim/config.json\"      | \"slim/../config.json\"        | plain name",
                "\"slim/config.json\"      | \"/slim/config.json\"          | plain name",
                "\"slim/config.json\"      | \"slim/tokenizer.json\"        | named twice",
                "\"model\" : \"tiny-bert\" | \"model\" : \"../x\"           | must match",
            })
    void refusesAHostileManifest(String old, String edit, String message) throws IOException {
        String manifest = Files.readString(version.resolve("manifest.json"));
        assertThat(manifest).contains(old);
        Files.writeString(version.resolve("manifest.json"), manifest.replace(old, edit));
        assertThatThrownBy(() -> ManifestVerifier.verify(version))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("manifest.json: ")
                .hasMessageContaining(message);
    }

    /** A version that the build before offsets published. */
    @Test
    void readsFormat1AsThoughNobodyKnewTheOffsets() throws IOException {
        Path old = Path.of("src/test/resources/golden/state/store/tiny/macs0.40-000001");
        Manifest manifest = ManifestVerifier.verify(old);
        assertThat(manifest.offsets()).isEmpty();
        assertThat(manifest.effectiveSamples()).isZero();
        assertThat(ManifestVerifier.verify(version).offsets())
                .containsExactly(new Manifest.Offsets("samples-0", 17, 4711));
    }
}
