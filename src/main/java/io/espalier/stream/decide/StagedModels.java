package io.espalier.stream.decide;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Draft;
import io.espalier.artifact.StagedModel;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Loads models from the directories that are published, so that what is judged is what users load.
 */
final class StagedModels {

    private static final String SLIM = "slim";

    private final ArtifactStore store;
    private final Loader loader;

    /** Of a store. */
    StagedModels(ArtifactStore store) {
        this(store, TextClassifier::load);
    }

    /** Loading in a way of the caller's. */
    StagedModels(ArtifactStore store, Loader loader) {
        this.store = store;
        this.loader = loader;
    }

    /** Loads the model of a directory. */
    @FunctionalInterface
    interface Loader {

        /** Loads a model that the caller closes. */
        TextClassifier load(Path directory) throws IOException;
    }

    /** Loads a draft's model, which the caller closes. */
    TextClassifier load(Draft draft) throws IOException {
        return loader.load(draft.slim());
    }

    /**
     * Loads a model that the caller closes. A commit may move the files while they are read, but
     * only once.
     */
    TextClassifier load(StagedModel staged) throws IOException {
        Path place = store.locate(staged);
        try {
            return loader.load(place.resolve(SLIM));
        } catch (IOException e) {
            Path now = store.locate(staged);
            if (now.equals(place)) {
                throw e;
            }
            return loader.load(now.resolve(SLIM));
        }
    }
}
