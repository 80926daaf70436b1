package io.espalier.stream;

import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The parent model, loaded once per process and shared by the operators that need it.
 *
 * <p>Reference-counted: the last lease that closes frees the weights. Weights are read-only, so the
 * sharing changes nothing but memory.
 */
public final class SharedModel implements AutoCloseable {

    private static final Map<ModelReference, SharedModel> OPEN = new HashMap<>();

    private final ModelReference reference;
    private final TextClassifier classifier;
    private int leases;

    private SharedModel(ModelReference reference, TextClassifier classifier) {
        this.reference = reference;
        this.classifier = classifier;
    }

    /**
     * Leases the model of a reference, loading it if nobody else has it.
     *
     * @throws ClassLoadingException if native libraries would come with the job
     */
    public static SharedModel lease(ModelReference reference) throws IOException {
        NativeLibraries.check();
        synchronized (OPEN) {
            SharedModel shared = OPEN.get(reference);
            if (shared == null) {
                Path directory = Path.of(reference.directory());
                shared =
                        new SharedModel(
                                reference, TextClassifier.load(directory, reference.maxLength()));
                OPEN.put(reference, shared);
            }
            shared.leases++;
            return shared;
        }
    }

    /** The model; not to be closed. */
    public TextClassifier classifier() {
        return classifier;
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            leases--;
            if (leases == 0) {
                OPEN.remove(reference);
                classifier.close();
            }
        }
    }
}
