package io.espalier.client;

import java.io.IOException;

/** A version that cannot be served, or no version to serve; the message says which and why. */
public final class ServingException extends IOException {

    private static final long serialVersionUID = 1L;

    ServingException(String message) {
        super(message);
    }

    ServingException(String message, Throwable cause) {
        super(message, cause);
    }
}
