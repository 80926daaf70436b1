package io.espalier.cli;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.model.ModelDescription;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model to be evaluated; closing it frees its weights.
 *
 * @param directory as it was named
 * @param classifier loaded from it
 */
record EvaluatedModel(Path directory, TextClassifier classifier) implements AutoCloseable {

    private static final String SLIM = "slim";

    /**
     * Loads the dense model.
     *
     * @throws CommandFailure if it is a pruned one
     */
    static EvaluatedModel dense(Path directory, int maxLength) throws IOException {
        TextClassifier classifier = TextClassifier.load(directory, maxLength);
        if (classifier.description().pruned()) {
            classifier.close();
            throw new CommandFailure(
                    directory + ": is a pruned model; --model names the dense one it came from");
        }
        return new EvaluatedModel(directory, classifier);
    }

    /**
     * Loads a pruned model from its published version, whose files are verified first, or from a
     * bare slim directory.
     *
     * @throws CommandFailure if it was not pruned from the dense model
     */
    static EvaluatedModel pruned(Path directory, EvaluatedModel dense, int maxLength)
            throws IOException {
        Path slim = directory;
        if (Files.isDirectory(directory.resolve(SLIM))
                || Files.exists(directory.resolve(Manifest.FILE))) {
            ManifestVerifier.verify(directory);
            slim = directory.resolve(SLIM);
        }
        TextClassifier classifier = TextClassifier.load(slim, maxLength);
        ModelDescription parent = dense.classifier.description();
        String digest = classifier.description().parent();
        if (!parent.digest().equals(digest)) {
            classifier.close();
            throw new CommandFailure(
                    directory
                            + ": "
                            + (digest == null
                                    ? "is no pruned model"
                                    : "was pruned from the model sha256:" + digest)
                            + ", but "
                            + dense.directory
                            + " is sha256:"
                            + parent.digest()
                            + "; name the dense model it came from");
        }
        return new EvaluatedModel(directory, classifier);
    }

    /** What it is called in a table: the name of its directory. */
    String name() {
        Path path = directory.toAbsolutePath().normalize();
        Path parent = path.getParent();
        return path.endsWith(SLIM) && parent != null
                ? parent.getFileName() + "/" + SLIM
                : String.valueOf(path.getFileName());
    }

    @Override
    public void close() {
        classifier.close();
    }
}
