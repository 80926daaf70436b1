package io.espalier.stream;

import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;

import io.espalier.artifact.CandidateDescription;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A savepoint of the whole job that a released version has written, and the store its state refers
 * to, committed under {@code src/test/resources/golden/savepoint-<version>}.
 *
 * @param version that has written it
 */
record GoldenSavepoint(String version) {

    private static final Path ROOT = Path.of("src/test/resources/golden");
    private static final String PREFIX = "savepoint-";
    private static final String TOOL = "espalier ";
    private static final String METADATA = "_metadata";
    private static final String STORE = "store";

    /** Those of all versions. */
    static List<GoldenSavepoint> all() throws IOException {
        try (Stream<Path> directories = Files.list(ROOT)) {
            return directories
                    .map(directory -> String.valueOf(directory.getFileName()))
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> new GoldenSavepoint(name.substring(PREFIX.length())))
                    .toList();
        }
    }

    /** This version's. */
    static GoldenSavepoint current() {
        return new GoldenSavepoint(CandidateDescription.TOOL.substring(TOOL.length()));
    }

    /** Of the directory, and of the job that it is a savepoint of. */
    String name() {
        return PREFIX + version;
    }

    /** Where it is committed. */
    Path directory() {
        return ROOT.resolve(name());
    }

    /**
     * Adds it to the committed files.
     *
     * @throws IllegalStateException if it is there, since what is released never changes
     */
    void write(Path savepoint, Path store) throws IOException {
        if (Files.exists(directory().resolve(METADATA))) {
            throw new IllegalStateException(
                    directory()
                            + " has been written; if this version is not released yet, delete "
                            + METADATA
                            + " and "
                            + STORE
                            + " first");
        }
        Path to = directory().resolve(STORE);
        GoldenSnapshot.copyTree(savepoint, directory());
        GoldenSnapshot.copyTree(store, to);
        try (Stream<Path> files = Files.walk(to)) {
            // Says when and where, and nothing reads it.
            for (Path run : files.filter(file -> file.endsWith("run.json")).toList()) {
                Files.delete(run);
            }
        }
    }

    /** Copies the savepoint, all of which is one file, to a directory of its own. */
    Path copy(Path to) throws IOException {
        Files.createDirectories(to);
        Files.copy(directory().resolve(METADATA), to.resolve(METADATA));
        return to;
    }

    /**
     * Overwrites the format's number of a model that a copy remembers.
     *
     * @param copy directory of the copy
     * @param version of the model
     */
    static void setFormat(Path copy, String model, String version, byte format) throws IOException {
        DataOutputSerializer names = new DataOutputSerializer(64);
        names.writeUTF(model);
        names.writeUTF(version);
        byte[] bytes = Files.readAllBytes(copy.resolve(METADATA));
        int at = text(bytes).indexOf(text(names.getCopyOfBuffer()));
        if (at < 1) {
            throw new IllegalStateException(copy + " remembers no " + model + "/" + version);
        }
        bytes[at - 1] = format; // The number comes first.
        Files.write(copy.resolve(METADATA), bytes);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Copies the store of the models that are live in it. */
    void copyStore(Path root) throws IOException {
        GoldenSnapshot.copyTree(directory().resolve(STORE), root);
    }

    /** Names of the operators that have left state in it. */
    SortedSet<String> operators() throws IOException {
        Path metadata = directory().resolve(METADATA);
        try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
            SortedSet<String> names = new TreeSet<>();
            for (OperatorState state :
                    Checkpoints.loadCheckpointMetadata(
                                    in, getClass().getClassLoader(), directory().toString())
                            .getOperatorStates()) {
                if (state.getStateSize() > 0) {
                    names.add(state.getOperatorUid().orElseThrow());
                }
            }
            return names;
        }
    }
}
