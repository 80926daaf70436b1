package io.espalier.stream.assemble;

import java.io.Serializable;

/**
 * What every candidate of one job has in common.
 *
 * @param model id of the model
 * @param parentDirectory directory of the dense parent
 * @param parentDigest SHA-256 of its weights
 * @param profile name of the numerics
 * @param loss kind of loss the gradients are of
 * @param seed of everything that is drawn
 */
public record CandidateIdentity(
        String model,
        String parentDirectory,
        String parentDigest,
        String profile,
        String loss,
        long seed)
        implements Serializable {}
