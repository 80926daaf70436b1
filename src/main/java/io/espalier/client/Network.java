package io.espalier.client;

/** A graph in an engine's memory. Thread-safe; closed once, when no call is under way. */
interface Network extends AutoCloseable {

    /**
     * The logits [B][classes] of a batch.
     *
     * @throws IllegalStateException if the engine fails
     */
    float[][] logits(TokenBatch batch);

    @Override
    void close();
}
