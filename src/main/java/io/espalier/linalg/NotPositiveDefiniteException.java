package io.espalier.linalg;

/** A matrix that should be symmetric positive definite is not, or not to working precision. */
public final class NotPositiveDefiniteException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With a message that names the order and the place of the failure. */
    public NotPositiveDefiniteException(String message) {
        super(message);
    }
}
