package io.espalier.stream;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Snapshots of operators that an earlier build has written, committed beside {@code README.md}
 * under {@code src/test/resources/golden/state}.
 */
public final class GoldenSnapshot {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden/state");
    private static final String WRITE = "espalier.golden.write";

    private GoldenSnapshot() {}

    /** Feeds an operator the first part of an input. */
    @FunctionalInterface
    public interface Generator {

        /** The state after it. */
        OperatorSubtaskState snapshot() throws Exception;
    }

    /** Whether this run writes the committed files anew. */
    public static boolean isWritten() {
        return Boolean.getBoolean(WRITE);
    }

    /** Copies the store that the snapshot of {@code decide} refers to. */
    public static void copyStore(Path to) throws IOException {
        copyTree(DIRECTORY.resolve("store"), to);
    }

    /** Copies all files of a directory. */
    static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.copy(file, copy);
            }
        }
    }

    /** A committed file of this name. */
    public static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    /**
     * The committed snapshot.
     *
     * @param operator its uid
     * @param generator what has written it, and does so again if it is asked to
     */
    public static OperatorSubtaskState of(String operator, Generator generator) throws Exception {
        Path file = file("operator-" + operator + ".snapshot");
        if (isWritten()) {
            Files.createDirectories(DIRECTORY);
            OperatorSnapshotUtil.writeStateHandle(generator.snapshot(), file.toString());
        }
        return OperatorSnapshotUtil.readStateHandle(file.toString());
    }
}
