package io.espalier.artifact;

import java.util.regex.Pattern;

/**
 * Which published version is the live one of a budget.
 *
 * @param model id of the model
 * @param budget as configured, like {@code macs=0.5}
 * @param sequence number of the promotion, rollback or pin that made it live, from 1 and growing;
 *     from the state of the job, never from a clock
 * @param version id of the version
 * @param manifestDigest SHA-256 of its manifest, in hexadecimal
 */
public record LivePointer(
        String model, String budget, long sequence, String version, String manifestDigest) {

    private static final Pattern BUDGET = Pattern.compile("[a-z0-9][a-z0-9.,=_-]{0,127}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Refuses what could leave the store or say nothing. */
    public LivePointer {
        Ids.require("model id", model);
        Ids.require("version", version);
        if (!BUDGET.matcher(budget).matches()
                || sequence < 1
                || !SHA256.matcher(manifestDigest).matches()) {
            throw new IllegalArgumentException(
                    "live pointer to "
                            + model
                            + "/"
                            + version
                            + ": budget must match "
                            + BUDGET
                            + ", sequence "
                            + sequence
                            + " be at least 1 and the digest a SHA-256");
        }
    }
}
