package io.espalier.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static io.espalier.client.Store.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What was verified is what is read, also when the directory changes in between. */
class VerifiedVersionTest {

    private static final String FILE = "slim/config.json";

    private final Store store;
    private final ModelVersion announced;
    private final Path file;

    VerifiedVersionTest(@TempDir Path directory) throws IOException {
        store = new Store(directory);
        announced = store.publish(1);
        file = store.directory(1).resolve(FILE);
    }

    private VerifiedVersion verified() throws IOException {
        return VerifiedVersion.of(announced, store.directory(1));
    }

    @Test
    void readsWhatTheManifestLists() throws Exception {
        assertThat(verified().has(FILE)).isTrue();
        assertThat(verified().bytes(FILE)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void refusesAFileThatWasChangedLongerOrShorterSince() throws Exception {
        VerifiedVersion verified = verified();
        byte[] before = Files.readAllBytes(file);
        byte[] changed = before.clone();
        changed[changed.length / 2] ^= 1;
        Files.write(file, changed);
        assertThatThrownBy(() -> verified.bytes(FILE))
                .hasMessageContaining("'slim/config.json' was changed while it was loaded");
        Files.write(file, Arrays.copyOf(before, before.length + 1));
        assertThatThrownBy(() -> verified.bytes(FILE)).hasMessageContaining("was changed");
        Files.write(file, Arrays.copyOf(before, before.length - 1));
        assertThatThrownBy(() -> verified.bytes(FILE)).hasMessageContaining("was changed");
        Files.write(file, before);
        assertThat(verified.bytes(FILE)).isEqualTo(before);
    }

    @Test
    void refusesWhatTheManifestDoesNotList() throws Exception {
        assertThat(verified().has("onnx/model.onnx")).isFalse();
        assertThatThrownBy(() -> verified().bytes("onnx/model.onnx"))
                .hasMessageContaining("there is no 'onnx/model.onnx'")
                .hasMessageContaining("espalier.publish.formats");
    }

    @Test
    void refusesAManifestOfAnotherVersionOrDigest() throws Exception {
        Path renamed = store.directory(2);
        Files.move(store.directory(1), renamed);
        String digest = announced.manifestDigest();
        assertThatThrownBy(
                        () ->
                                VerifiedVersion.of(
                                        new ModelVersion(Store.MODEL, version(2), digest), renamed))
                .hasMessageContaining("is of tiny-bert/" + version(1))
                .hasMessageContaining("announced was tiny-bert/" + version(2));
        assertThatThrownBy(
                        () ->
                                VerifiedVersion.of(
                                        new ModelVersion(Store.MODEL, version(1), "0f".repeat(32)),
                                        renamed))
                .hasMessageContaining(digest)
                .hasMessageContaining("0f0f");
        assertThat(VerifiedVersion.of(announced, renamed).announced()).isEqualTo(announced);
    }
}
