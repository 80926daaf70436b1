package io.espalier.client;

/**
 * One published version of a pruned model, as it was announced.
 *
 * @param model id of the model
 * @param version id of the version; those of one budget sort in the order they were decided
 * @param manifestDigest SHA-256 of its manifest, in hexadecimal: the digest of the whole directory
 */
public record ModelVersion(String model, String version, String manifestDigest) {

    @Override
    public String toString() {
        return model + "/" + version;
    }
}
