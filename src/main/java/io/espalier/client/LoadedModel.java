package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A model in memory: from text to logits, all of one version.
 *
 * <p>Safe for use by several threads. {@link #close} is called once, when no call is under way and
 * none will come.
 */
interface LoadedModel extends AutoCloseable {

    /** Names of the classes, in the order of the logits. */
    List<String> labels();

    /** Longest sequence in tokens. */
    int positions();

    /** Tokenises a text or a pair of texts; cut to {@link #positions}. */
    Tokens tokens(String text, @Nullable String pair);

    /**
     * The logits [B][classes] of a batch.
     *
     * @throws IllegalStateException if the engine fails
     */
    float[][] logits(TokenBatch batch);

    @Override
    void close();
}
