package io.espalier.artifact;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk whose machine stops at one call, half-way through it if it is a write.
 *
 * <p>On a loss of power, what no {@code sync} confirmed is gone: files are torn, names and renames
 * of directories that were not forced are undone.
 */
final class CrashingFileOps implements FileOps {

    /** A name that its directory's sync would make durable. */
    private record Name(
            Path directory, Path path, @Nullable Path movedFrom, @Nullable ByteBuffer replaced) {

        /** Its own name is no longer there to be lost; those below it are at the new place. */
        Name moved(Path from, Path to) {
            if (path.equals(from)) {
                return this;
            }
            return new Name(
                    rebase(directory, from, to), rebase(path, from, to), movedFrom, replaced);
        }
    }

    /**
     * A call that was made.
     *
     * @param operation name of the method
     * @param path its first, or the target of a rename
     */
    record Call(String operation, Path path) {}

    private final FileOps disk = new DiskFileOps();
    private final int crashAt;
    private final boolean syncs;
    private final double torn;
    private final List<Call> trace = new ArrayList<>();
    private final List<Name> names = new ArrayList<>();
    private final Set<Path> unsynced = new HashSet<>();
    private int calls;

    /**
     * Prepares a crash.
     *
     * @param crashAt number of the call that fails, from 0
     * @param syncs false for a disk that confirms what it has not done
     */
    CrashingFileOps(int crashAt, boolean syncs) {
        this(crashAt, syncs, 0.5);
    }

    /**
     * Prepares a crash.
     *
     * @param torn share of a file that is written if the call that fails writes one; 0: not even
     *     its name
     */
    CrashingFileOps(int crashAt, boolean syncs, double torn) {
        this.crashAt = crashAt;
        this.syncs = syncs;
        this.torn = torn;
    }

    /** The calls so far, the one that failed among them. */
    List<Call> trace() {
        return List.copyOf(trace);
    }

    /** A store on a disk that never fails and, being pretended, never waits for the platters. */
    static ArtifactStore undisturbedStore(Path root) throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        return ArtifactStore.open(
                root,
                new CrashingFileOps(Integer.MAX_VALUE, true),
                () -> "undisturbed-" + attempts.getAndIncrement());
    }

    boolean crashed() {
        return calls > crashAt;
    }

    /** What the disk holds after the power has come back. */
    void losePower() throws IOException {
        for (Path file : unsynced) {
            if (Files.exists(file)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() / 2);
                }
            }
        }
        Collections.reverse(names);
        List<Name> lost = new ArrayList<>(names);
        while (!lost.isEmpty()) {
            Name name = lost.remove(0);
            Path from = name.movedFrom();
            if (from != null) {
                lost.replaceAll(earlier -> earlier.moved(name.path(), from));
            }
            if (name.movedFrom() == null) {
                disk.deleteTree(name.path());
            } else if (Files.exists(name.path())) {
                disk.move(name.path(), name.movedFrom());
                if (name.replaced() != null) {
                    Files.write(name.path(), name.replaced().array());
                }
            }
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        step("createDirectories", directory);
        List<Path> created = new ArrayList<>();
        for (Path p = directory; p != null && !Files.exists(p); p = p.getParent()) {
            created.add(0, p);
        }
        disk.createDirectories(directory);
        created.forEach(path -> names.add(new Name(parent(path), path, null, null)));
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        double share = calls == crashAt ? torn : 1;
        if (calls <= crashAt && share > 0) {
            unsynced.add(file);
            names.add(new Name(parent(file), file, null, null));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            content.writeTo(bytes);
            int length = (int) (share * bytes.size());
            disk.write(file, out -> out.write(Arrays.copyOf(bytes.toByteArray(), length)));
        }
        step("write", file);
    }

    @Override
    public void sync(Path path) throws IOException {
        step("sync", path);
        if (!Files.exists(path)) {
            throw new IOException("nothing to sync at " + path);
        }
        if (syncs) {
            unsynced.remove(path);
            names.removeIf(name -> name.directory().equals(path));
        }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step("move", to);
        ByteBuffer replaced =
                Files.isRegularFile(to) ? ByteBuffer.wrap(Files.readAllBytes(to)) : null;
        disk.move(from, to);
        names.replaceAll(name -> name.moved(from, to));
        names.add(new Name(parent(to), to, from, replaced));
        List.copyOf(unsynced).forEach(path -> unsynced.add(rebase(path, from, to)));
    }

    @Override
    public void deleteTree(Path directory) throws IOException {
        step("deleteTree", directory);
        disk.deleteTree(directory);
        names.removeIf(name -> name.path().startsWith(directory));
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return disk.usableBytes(path);
    }

    private void step(String operation, Path path) throws IOException {
        trace.add(new Call(operation, path));
        if (calls++ >= crashAt) {
            throw new IOException("crash at call " + crashAt);
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static Path rebase(Path path, Path from, Path to) {
        return path.startsWith(from) ? to.resolve(from.relativize(path)) : path;
    }
}
