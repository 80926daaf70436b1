package io.espalier.client;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Candidates;
import io.espalier.artifact.LivePointer;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.nio.file.Path;

/** A store of tiny models, published and named live as a job does it. */
final class Store {

    static final String MODEL = "tiny-bert";
    static final String BUDGET = "macs=0.5";

    private final Path root;
    private final Path parent;
    private long sequence;

    Store(Path directory) throws IOException {
        root = directory.resolve("store");
        parent = TinyBert.write(directory.resolve("parent"));
    }

    Path root() {
        return root;
    }

    static String version(int number) {
        return "macs0.50-%06d".formatted(number);
    }

    Path directory(int number) {
        return root.resolve(MODEL).resolve(version(number));
    }

    /** Publishes a version, another model for each number. */
    ModelVersion publish(int number) throws IOException {
        Path directory = Candidates.publish(root, parent, version(number), number);
        return new ModelVersion(MODEL, version(number), ManifestVerifier.digest(directory));
    }

    /** Names a version live. */
    void point(ModelVersion version) throws IOException {
        ArtifactStore.open(root)
                .point(
                        new LivePointer(
                                MODEL,
                                BUDGET,
                                ++sequence,
                                version.version(),
                                version.manifestDigest()));
    }

    /** Publishes a version and names it live. */
    ModelVersion promote(int number) throws IOException {
        ModelVersion version = publish(number);
        point(version);
        return version;
    }
}
