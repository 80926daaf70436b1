package io.espalier.stream.decode;

/** Too large a share of the inputs was refused; the message has both numbers and the option. */
public final class DeadLetterFloodException extends Exception {

    private static final long serialVersionUID = 1L;

    DeadLetterFloodException(String message) {
        super(message);
    }
}
