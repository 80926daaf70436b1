package io.espalier.client;

import org.jspecify.annotations.Nullable;

/**
 * One version in place of another.
 *
 * @param from what answered before; null if this is the first version
 * @param to what answers from now on
 * @param selfChecks inputs of the version's own self-check that were replayed; 0 if it carries none
 */
public record Swap(@Nullable ModelVersion from, ModelVersion to, int selfChecks) {}
