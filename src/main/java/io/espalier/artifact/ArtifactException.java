package io.espalier.artifact;

import java.io.IOException;

/** A store, parent or published directory that cannot be used; the message says which and why. */
public final class ArtifactException extends IOException {

    ArtifactException(String message) {
        super(message);
    }

    ArtifactException(String message, Throwable cause) {
        super(message, cause);
    }
}
