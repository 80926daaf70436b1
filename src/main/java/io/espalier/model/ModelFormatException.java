package io.espalier.model;

import java.io.IOException;

/**
 * A model directory that cannot be loaded; the message names the file, the field and the remedy.
 */
public final class ModelFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With a message that stands by itself. */
    public ModelFormatException(String message) {
        super(message);
    }

    /** With the underlying cause. */
    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
