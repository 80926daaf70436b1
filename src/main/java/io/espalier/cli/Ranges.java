package io.espalier.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import java.util.List;

/** What options may be. */
final class Ranges {

    private Ranges() {}

    /**
     * Refuses a value outside its range.
     *
     * @throws ParameterException naming the option, the value and the range
     */
    static void require(CommandSpec command, String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    command.commandLine(),
                    option + " is " + value + "; it must be from " + least + " to " + most);
        }
    }

    /**
     * Refuses a value that is none of those allowed.
     *
     * @throws ParameterException naming the option, the value and what is allowed
     */
    static void requireOneOf(CommandSpec command, String option, String value, String... allowed) {
        if (!List.of(allowed).contains(value)) {
            throw new ParameterException(
                    command.commandLine(),
                    option + " is '" + value + "'; it must be " + String.join(" or ", allowed));
        }
    }
}
