package io.espalier.stream;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** A wrong set-up of a Flink process; the job ends, for no restart could cure it. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class ClassLoadingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A wrong set-up with its cure. */
    ClassLoadingException(String message) {
        super(message);
    }

    /** A wrong set-up with its cure and how it was noticed. */
    ClassLoadingException(String message, Throwable cause) {
        super(message, cause);
    }
}
