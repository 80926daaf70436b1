package io.espalier.stream.assemble;

import java.io.Serializable;

/**
 * What every candidate of one job has in common.
 *
 * @param model id of the model
 * @param parentDirectory directory of the dense parent
 * @param parentDigest SHA-256 of its weights
 * @param seed of everything that is drawn
 */
public record CandidateIdentity(
        String model, String parentDirectory, String parentDigest, long seed)
        implements Serializable {

    /** Name of the numerics: masks by diagonal Fisher, projections re-solved. */
    public static final String PROFILE = "robust-diagonal";

    /** The loss that gradients are of. */
    public static final String LOSS = "supervised";

    /** Program and version that stand in manifests. */
    static final String TOOL = "espalier 0.1.0";
}
