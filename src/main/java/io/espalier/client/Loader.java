package io.espalier.client;

import java.io.IOException;

/** Brings a verified version into memory, with one engine or another. */
interface Loader {

    /**
     * Loads it; leaves nothing open when it throws.
     *
     * @throws IOException naming the file that cannot be used
     */
    LoadedModel load(VerifiedVersion version) throws IOException;
}
