package io.espalier.client;

/**
 * The shape of a batch to warm a model up with, before it answers requests.
 *
 * @param batch texts
 * @param length tokens of each; cut to the longest sequence of the model
 */
public record BatchShape(int batch, int length) {

    /** Refuses empty ones. */
    public BatchShape {
        if (batch < 1 || length < 1) {
            throw new IllegalArgumentException(
                    "shape of " + batch + " texts of " + length + " tokens; both are at least 1");
        }
    }
}
