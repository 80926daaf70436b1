package io.espalier.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Why a process ended, as far as its log says. */
public final class LastWords {

    private static final String ERROR = " ERROR ";
    private static final String CAUSE = "Caused by: ";

    private LastWords() {}

    /**
     * One line: the last error that a log names, with its causes, or else the last line there is.
     *
     * <p>The last line alone misleads, for a server that could not start says last how it stopped.
     */
    public static String of(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).contains(ERROR)) {
                return "its log %s says: %s".formatted(log, withCauses(lines, i));
            }
        }
        return "its log %s ends: %s"
                .formatted(log, lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1));
    }

    private static String withCauses(List<String> lines, int error) {
        StringBuilder words = new StringBuilder(lines.get(error).strip());
        lines.subList(error + 1, lines.size()).stream()
                .filter(line -> line.startsWith(CAUSE))
                .forEach(line -> words.append("; ").append(line.substring(CAUSE.length())));
        return words.toString();
    }
}
