package io.espalier.client;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.PublishedReader;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One budget's entry in the {@code live.json} of a model.
 *
 * @param root of the store
 * @param model id of the model
 * @param budget as configured, like {@code macs=0.5}
 */
record LiveFile(Path root, String model, String budget) {

    /** What it says now; null if nothing of this budget is live. */
    @Nullable LivePointer pointer() throws IOException {
        for (LivePointer pointer : PublishedReader.live(root, model)) {
            if (pointer.budget().equals(budget)) {
                return pointer;
            }
        }
        return null;
    }

    /** The version it names. */
    @Nullable ModelVersion version() throws IOException {
        LivePointer pointer = pointer();
        return pointer == null ? null : version(pointer);
    }

    static ModelVersion version(LivePointer pointer) {
        return new ModelVersion(pointer.model(), pointer.version(), pointer.manifestDigest());
    }
}
