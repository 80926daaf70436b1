package io.espalier.stream.decide;

import java.io.Serializable;

/**
 * What every candidate of one job has in common.
 *
 * @param model id of the model
 * @param parentDirectory directory of the dense parent
 * @param parentDigest SHA-256 of its weights
 * @param profile name of the numerics
 * @param seed of everything that is drawn
 */
public record CandidateIdentity(
        String model, String parentDirectory, String parentDigest, String profile, long seed)
        implements Serializable {}
