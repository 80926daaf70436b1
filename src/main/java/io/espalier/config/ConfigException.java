package io.espalier.config;

/**
 * A configuration that cannot be run; one line that names the key, the value and what is allowed.
 */
public final class ConfigException extends IllegalArgumentException {

    /** A refusal with its line. */
    public ConfigException(String message) {
        super(message);
    }

    /** A refusal with its line and what caused it. */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
