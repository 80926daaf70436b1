package io.espalier.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What commands write. Whether they can is asked before the work, for a run of minutes must not end
 * at its last line.
 */
public final class OutputFiles {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private OutputFiles() {}

    /**
     * Makes a directory, and its parents, ready to be written to.
     *
     * @throws CommandFailure if it cannot be
     */
    public static void prepareDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, ".espalier", ".probe"));
        } catch (IOException e) {
            String reason =
                    e instanceof FileSystemException f ? Failures.reason(f) : e.getMessage();
            throw new CommandFailure(
                    directory + ": cannot be written to: " + reason + "; choose another directory",
                    e);
        }
    }

    /**
     * Makes sure that a file can be written.
     *
     * @throws CommandFailure if it cannot be
     */
    public static void prepareFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new CommandFailure(file + ": is a directory; name a file");
        }
        if (!isSpecial(file)) {
            prepareDirectory(parent(file));
        }
    }

    /**
     * Writes a value as indented JSON; a reader sees the old file or the new one, whole.
     *
     * @param value records, lists, maps, strings and numbers
     */
    public static void writeJson(Path file, Object value) throws IOException {
        writeText(file, JSON.writeValueAsString(value) + "\n");
    }

    /** Writes text as UTF-8; a reader sees the old file or the new one, whole. */
    public static void writeText(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        if (isSpecial(file)) {
            Files.write(file, bytes);
            return;
        }
        Path part = Files.createTempFile(parent(file), ".espalier", ".part");
        try {
            Files.write(part, bytes);
            Files.move(
                    part,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Pipes and devices, which take bytes but are not to be replaced. */
    private static boolean isSpecial(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
