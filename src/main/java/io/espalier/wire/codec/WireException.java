package io.espalier.wire.codec;

import java.io.IOException;

/** Bytes that are no record of the expected type; the message says why, without quoting them. */
public final class WireException extends IOException {

    WireException(String message) {
        super(message);
    }

    WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
