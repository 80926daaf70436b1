package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What an option's value may be.
 *
 * @param option the option
 * @param allowed the allowed values in words, fit to follow "allowed:"
 * @param whenAbsent what holds if an option without a default is not set
 * @param test whether a value is allowed; a {@link RuntimeException} counts as no
 */
record OptionRule<T>(ConfigOption<T> option, String allowed, String whenAbsent, Predicate<T> test) {

    /**
     * The option's value or default; empty if it has neither.
     *
     * @throws ConfigException if the value is not allowed
     */
    Optional<T> read(Configuration configuration) {
        Optional<T> value;
        boolean good;
        try {
            value = configuration.getOptional(option);
            good = value.isEmpty() || test.test(value.get());
        } catch (RuntimeException e) {
            throw refused(configuration, e);
        }
        if (!good) {
            throw refused(configuration, null);
        }
        return value.isEmpty() && option.hasDefaultValue()
                ? Optional.of(option.defaultValue())
                : value;
    }

    private ConfigException refused(Configuration configuration, @Nullable Throwable cause) {
        String raw = String.valueOf(configuration.toMap().get(option.key()));
        String message = option.key() + " = '" + raw + "' is not allowed; allowed: " + allowed;
        return cause == null ? new ConfigException(message) : new ConfigException(message, cause);
    }
}
