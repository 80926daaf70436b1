package io.espalier.artifact;

import io.espalier.mask.PruningMask;

import java.util.List;

/**
 * Where a pruned model comes from: all that its manifest says beside structure and digests.
 *
 * <p>Every value is a function of the input, so that a replay writes the same bytes: no clock, no
 * host, no attempt, no path.
 *
 * @param model id of the model, a folder name
 * @param version id of this version, a folder name; versions sort in decision order
 * @param decision id of the decision
 * @param parentDigest SHA-256 of the parent's {@code model.safetensors}, in hexadecimal
 * @param mask the decided mask; keeps the very units the slim sublayers keep
 * @param repairs for each sublayer what its repair came to, in the mask's order
 * @param budget what was allowed and what was used
 * @param window the event time it was decided for
 * @param samples number of calibration samples in the statistics
 * @param effectiveSamples what they are worth after forgetting
 * @param offsets where they were read; empty if nobody knows
 * @param profile of the numerics
 * @param loss kind of loss the gradients are of, like {@code supervised}
 * @param statisticsDigest of the statistics the decision was made from
 * @param seed of everything that was drawn
 * @param tool name and version of the program
 */
public record CandidateDescription(
        String model,
        String version,
        String decision,
        String parentDigest,
        PruningMask mask,
        List<String> repairs,
        Manifest.Budget budget,
        Manifest.Window window,
        long samples,
        double effectiveSamples,
        List<Manifest.Offsets> offsets,
        String profile,
        String loss,
        String statisticsDigest,
        long seed,
        String tool) {

    /** Program and version that stand in manifests. */
    public static final String TOOL = "espalier 0.1.0";

    /** Checks ids and sizes, copies the list. */
    public CandidateDescription {
        Ids.require("model id", model);
        Ids.require("version", version);
        repairs = List.copyOf(repairs);
        offsets = List.copyOf(offsets);
        if (repairs.size() != mask.sublayers().size()) {
            throw new IllegalArgumentException(
                    "candidate '"
                            + version
                            + "': "
                            + repairs.size()
                            + " repair outcomes for "
                            + mask.sublayers().size()
                            + " sublayers");
        }
    }
}
