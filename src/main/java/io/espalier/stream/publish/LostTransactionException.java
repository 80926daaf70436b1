package io.espalier.stream.publish;

import java.io.IOException;

/** Records of a completed checkpoint were not published; the message has the remedies. */
public final class LostTransactionException extends IOException {

    private static final long serialVersionUID = 1L;

    LostTransactionException(String message, Throwable cause) {
        super(message, cause);
    }
}
