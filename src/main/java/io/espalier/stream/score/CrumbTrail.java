package io.espalier.stream.score;

import io.espalier.wire.codec.Origin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What breaks the loop of an input that kills the process: before native code is called, a crumb
 * names the inputs it is given; it is removed when the call returns, however it returns. A crumb
 * that is found at start-up is of a process that died inside.
 *
 * <ul>
 *   <li>An input of a crumb is a <em>suspect</em> and is scored alone: in no company, and while no
 *       other task of this process scores anything.
 *   <li>An input of two crumbs, in one of them alone, is <em>condemned</em>: it goes to the dead
 *       letters, unscored. A process that is killed from outside, twice, while it scores the same
 *       input condemns an innocent one; its bytes are in the dead letters.
 * </ul>
 *
 * <p>Crumbs outlive the attempt, so their directory lies on storage that every TaskManager reaches
 * and belongs to one job. They are not forced to the disk: what a dead process has written, the
 * machine still has; a machine that loses power was not killed by an input. Leftovers are kept, as
 * the restored job meets the same inputs until a checkpoint is past them; beyond {@link
 * #MAX_CRUMBS} the oldest go.
 *
 * <p>Not thread-safe; one for each task. Files that are no crumbs are ignored and left alone.
 */
public final class CrumbTrail {

    /** Leftovers that are kept and believed at most; each is of a death. */
    public static final int MAX_CRUMBS = 256;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,120}\\.\\d{1,9}\\.crumb");
    private static final int MAX_FILES_LOOKED_AT = 100_000;

    private static final ReadWriteLock THIS_PROCESS = new ReentrantReadWriteLock();

    private final Path directory;
    private final String attempt;
    private final ReadWriteLock process;
    private final Map<Crumb.Place, Deaths> deaths = new HashMap<>();
    private int crumbs;
    private int next;

    /** What to do with an input. */
    public enum Verdict {
        /** No crumb names it. */
        CLEAR,
        /** A process died while it, or a neighbour, was scored: score it alone. */
        SUSPECT,
        /** It was in two crumbs: refuse it at stage {@code native}. */
        CONDEMNED
    }

    /** How often an input was there, and whether it was alone. */
    private record Deaths(int count, boolean alone) {

        Deaths and(Deaths other) {
            return new Deaths(count + other.count, alone || other.alone);
        }
    }

    private CrumbTrail(Path directory, String attempt, ReadWriteLock process) {
        this.directory = directory;
        this.attempt = attempt;
        this.process = process;
    }

    /**
     * Reads what earlier processes left.
     *
     * @param attempt unique among all attempts of all tasks of the job, like Flink's execution
     *     attempt id; letters, digits, {@code _} and {@code -}
     * @throws IOException if the directory cannot be made or listed
     */
    public static CrumbTrail open(Path directory, String attempt) throws IOException {
        return open(directory, attempt, THIS_PROCESS);
    }

    /** A trail in a process of which the lock is known. */
    static CrumbTrail open(Path directory, String attempt, ReadWriteLock process)
            throws IOException {
        CrumbTrail trail = new CrumbTrail(directory, attempt, process);
        if (!NAME.matcher(trail.name(0)).matches()) {
            throw new IllegalArgumentException(
                    "attempt '" + attempt + "' must be 1 to 120 letters, digits, '_' and '-'");
        }
        Files.createDirectories(directory);
        List<Path> leftovers = trail.leftovers();
        for (int i = 0; i < leftovers.size(); i++) {
            if (i < MAX_CRUMBS) {
                read(leftovers.get(i)).ifPresent(trail::learn);
            } else {
                Files.deleteIfExists(leftovers.get(i));
            }
        }
        return trail;
    }

    /** Crumbs that were found and believed. */
    public int crumbs() {
        return crumbs;
    }

    /** What is known of an input. */
    public Verdict verdict(Origin origin) {
        Deaths known = deaths.get(Crumb.Place.of(origin));
        if (known == null) {
            return Verdict.CLEAR;
        }
        return known.count() >= 2 && known.alone() ? Verdict.CONDEMNED : Verdict.SUSPECT;
    }

    /** How the dead letter of a condemned input explains itself. */
    public String reason(Origin origin) {
        Deaths known = deaths.get(Crumb.Place.of(origin));
        return "the process died "
                + (known == null ? 0 : known.count())
                + " times while it was scored, at least once alone; 2 are enough";
    }

    /**
     * Names the inputs of the call that follows; to be closed by the same thread as soon as it has
     * returned. For a suspect, to be given alone, waits until no other task scores.
     *
     * @throws IOException if the crumb cannot be written; then nothing may be scored
     */
    public Dropped drop(List<Origin> inputs) throws IOException, InterruptedException {
        boolean alone = inputs.size() == 1 && verdict(inputs.get(0)) != Verdict.CLEAR;
        List<Crumb.Place> places = inputs.stream().map(Crumb.Place::of).toList();
        byte[] bytes = new Crumb(alone, places).toBytes();
        Lock lock = alone ? process.writeLock() : process.readLock();
        lock.lockInterruptibly();
        Path file = null;
        try {
            file = write(bytes);
            return new Dropped(file, lock);
        } finally {
            if (file == null) {
                lock.unlock();
            }
        }
    }

    private Path write(byte[] bytes) throws IOException {
        while (true) {
            Path file = directory.resolve(name(next++));
            try {
                return Files.write(
                        file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // Somebody chose the same name: take the next.
            }
        }
    }

    /** A crumb that lies there while native code runs. */
    public static final class Dropped implements AutoCloseable {

        private final Path file;
        private final Lock lock;

        private Dropped(Path file, Lock lock) {
            this.file = file;
            this.lock = lock;
        }

        /** Removes it: the process has lived through the call. */
        @Override
        public void close() throws IOException {
            try {
                Files.deleteIfExists(file);
            } finally {
                lock.unlock();
            }
        }
    }

    private String name(int number) {
        return attempt + "." + number + ".crumb";
    }

    private void learn(Crumb crumb) {
        crumbs++;
        Deaths death = new Deaths(1, crumb.alone());
        crumb.places().stream()
                .distinct()
                .forEach(place -> deaths.merge(place, death, Deaths::and));
    }

    /** A file and when it was written. */
    private record Aged(Path file, FileTime written) {}

    /** The files that may be crumbs, the youngest first. */
    private List<Path> leftovers() throws IOException {
        List<Aged> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files.limit(MAX_FILES_LOOKED_AT)::iterator) {
                if (NAME.matcher(String.valueOf(file.getFileName())).matches()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new Aged(file, written(file)));
                }
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(Aged::written).reversed().thenComparing(Aged::file))
                .map(Aged::file)
                .toList();
    }

    private static FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return FileTime.fromMillis(0); // Gone since it was listed, or not ours to look at.
        }
    }

    /** A file's crumb; none if it is no crumb, cannot be read, or has just been removed. */
    private static Optional<Crumb> read(Path file) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(Crumb.MAX_BYTES + 1);
            return bytes.length > Crumb.MAX_BYTES ? Optional.empty() : Crumb.parse(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
