package io.espalier.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Ranges of options that are whole numbers. */
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
}
