package io.espalier.stream.decide;

import io.espalier.artifact.ModelFormat;

import java.io.Serializable;
import java.util.List;

/**
 * What every candidate of one job has in common.
 *
 * @param model id of the model
 * @param parentDirectory directory of the dense parent
 * @param parentDigest SHA-256 of its weights
 * @param profile name of the numerics
 * @param seed of everything that is drawn
 * @param formats in which they are written
 */
public record CandidateIdentity(
        String model,
        String parentDirectory,
        String parentDigest,
        String profile,
        long seed,
        List<ModelFormat> formats)
        implements Serializable {

    /** Copies the list. */
    public CandidateIdentity {
        formats = List.copyOf(formats);
    }
}
