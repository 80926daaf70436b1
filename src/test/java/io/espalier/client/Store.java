package io.espalier.client;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Candidates;
import io.espalier.artifact.Draft;
import io.espalier.artifact.LivePointer;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.RunFile;
import io.espalier.artifact.SelfCheck;
import io.espalier.artifact.StagedModel;
import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

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
        ArtifactStore store = ArtifactStore.open(root);
        Candidates candidate = Candidates.of(parent, version(number), number);
        Draft draft = store.draft(candidate.description(), candidate.sublayers(), parent, formats);
        StagedModel staged =
                draft.complete(
                        written -> Candidates.report(candidate.description(), written),
                        check.of(draft),
                        RunFile.NONE);
        store.commit(staged);
        return new ModelVersion(MODEL, version(number), staged.manifestDigest());
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
