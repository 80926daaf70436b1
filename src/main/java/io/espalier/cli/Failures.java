package io.espalier.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a command that went wrong ends: one line on stderr, {@code espalier: ...}, and exit code 1
 * for a failed run, 2 for wrong usage. {@code --stacktrace} adds the trace.
 */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        List<String> suggestions =
                failure instanceof UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.of();
        String similar =
                suggestions.isEmpty() ? "" : " (similar: " + String.join(", ", suggestions) + ")";
        String help = command.getCommandSpec().qualifiedName() + " --help";
        print(command, failure.getMessage() + similar + "; see '" + help + "'");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        print(command, describe(failure));
        Object root = command.getCommandSpec().root().userObject();
        if (root instanceof EspalierCommand espalier && espalier.stacktrace()) {
            failure.printStackTrace(command.getErr());
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /**
     * The line for a failure: the first cause that was meant to be read, or the innermost one with
     * a hint.
     */
    static String describe(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        for (Throwable cause : chain) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
        }
        Throwable innermost = chain.get(chain.size() - 1);
        String message = innermost.getMessage();
        return innermost.getClass().getSimpleName()
                + (message == null ? "" : ": " + message)
                + "; --stacktrace shows where";
    }

    private static @Nullable String known(Throwable failure) {
        if (failure instanceof UncheckedIOException) {
            return null; // Its cause is the one that speaks.
        }
        if (failure instanceof FileSystemException e && e.getFile() != null) {
            return e.getFile() + ": " + reason(e);
        }
        boolean speaks =
                failure instanceof CommandFailure
                        || failure instanceof IOException
                        || failure instanceof IllegalArgumentException;
        return speaks ? failure.getMessage() : null;
    }

    /** What the file system said, without the file. */
    static String reason(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file or directory";
        } else if (failure instanceof AccessDeniedException) {
            return "permission denied";
        } else if (failure instanceof FileAlreadyExistsException) {
            return "a file of that name is there already";
        } else if (failure instanceof NotDirectoryException) {
            return "it is no directory";
        }
        return failure.getReason() == null
                ? failure.getClass().getSimpleName()
                : failure.getReason();
    }

    private static void print(CommandLine command, @Nullable String message) {
        PrintWriter err = command.getErr();
        err.println("espalier: " + String.valueOf(message).strip().replaceAll("\\s+", " "));
        err.flush();
    }
}
