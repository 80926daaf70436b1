package io.espalier.cli;

/** The end of a command for a reason its user can do something about; the message is the line. */
public final class CommandFailure extends RuntimeException {

    /** A failure with its line. */
    public CommandFailure(String message) {
        super(message);
    }

    /** A failure with its line and what caused it. */
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
