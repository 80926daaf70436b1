package io.espalier.client;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Candidates;
import io.espalier.artifact.Draft;
import io.espalier.artifact.LivePointer;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.RunFile;
import io.espalier.artifact.SelfCheck;
import io.espalier.artifact.StagedModel;
import io.espalier.batch.SelfChecks;
import io.espalier.model.TextClassifier;
import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** A store of tiny models, published and named live as a job does it. */
final class Store {

    static final String MODEL = "tiny-bert";
    static final String BUDGET = "macs=0.5";

    private final Path root;
    private final Path parent;
    private final ArtifactStore artifacts;
    private long sequence;

    Store(Path directory) throws IOException {
        root = directory.resolve("store");
        parent = TinyBert.write(directory.resolve("parent"));
        artifacts = ArtifactStore.open(root);
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

    /** What a version's self-check says. */
    interface Check {
        SelfCheck of(Draft draft) throws IOException;
    }

    /** Publishes a version for {@link InMemoryModels}, another model for each number. */
    ModelVersion publish(int number) throws IOException {
        return publish(number, Set.of(), draft -> InMemoryModels.check(number));
    }

    /** Publishes a version in formats besides slim. */
    ModelVersion publish(int number, Set<ModelFormat> formats, Check check) throws IOException {
        Candidates candidate = Candidates.of(parent, version(number), number);
        Draft draft =
                artifacts.draft(candidate.description(), candidate.sublayers(), parent, formats);
        StagedModel staged =
                draft.complete(
                        written -> Candidates.report(candidate.description(), written),
                        check.of(draft),
                        RunFile.NONE);
        artifacts.commit(staged);
        return new ModelVersion(MODEL, version(number), staged.manifestDigest());
    }

    /** A version with everything that a consumer loads, and the logits its slim form gives. */
    ModelVersion publishComplete(int number) throws IOException {
        return publish(number, EnumSet.of(ModelFormat.ONNX, ModelFormat.DJL), Store::selfCheck);
    }

    static SelfCheck selfCheck(Draft draft) throws IOException {
        try (TextClassifier slim = TextClassifier.load(draft.slim())) {
            return SelfChecks.of(slim);
        }
    }

    /** The logits of a text by PyTorch, from the slim form. */
    float[] expected(int number, String text) throws IOException {
        try (TextClassifier slim = TextClassifier.load(directory(number).resolve("slim"))) {
            return slim.logits(List.of(slim.encode(text, null)))[0];
        }
    }

    /**
     * Writes other bytes of the same number to a file of a published version and makes the manifest
     * agree, as somebody could who may write to the store.
     */
    ModelVersion forge(int number, String name, byte[] content) throws IOException {
        Path file = directory(number).resolve(name);
        Path manifest = directory(number).resolve(Manifest.FILE);
        String old = sha256(Files.readAllBytes(file));
        Files.write(file, content);
        String json = Files.readString(manifest).replace(old, sha256(content));
        Files.writeString(manifest, json);
        return new ModelVersion(MODEL, version(number), ManifestVerifier.digest(directory(number)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names a version live by a digest that it does not have. */
    void pointWrongly(ModelVersion version) throws IOException {
        Path live = root.resolve(MODEL).resolve("live.json");
        Path wrong = live.resolveSibling("live.json.wrong");
        Files.writeString(
                wrong,
                """
                {"format": 1, "model": "%s", "pointers": [{"model": "%s", "budget": "%s",
                 "sequence": %d, "version": "%s", "manifestDigest": "%s"}]}
                """
                        .formatted(
                                MODEL,
                                MODEL,
                                BUDGET,
                                ++sequence,
                                version.version(),
                                "0f".repeat(32)));
        Files.move(wrong, live, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Names a version live. */
    void point(ModelVersion version) throws IOException {
        artifacts.point(
                new LivePointer(
                        MODEL, BUDGET, ++sequence, version.version(), version.manifestDigest()));
    }

    /** Publishes a version and names it live. */
    ModelVersion promote(int number) throws IOException {
        ModelVersion version = publish(number);
        point(version);
        return version;
    }
}
