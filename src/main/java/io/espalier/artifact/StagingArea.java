package io.espalier.artifact;

import io.espalier.artifact.Manifest.FileEntry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A directory being filled: each file is written, digested and forced before the next.
 *
 * <p>What the disk refuses is an {@link ArtifactException} with the bytes wanted, written and free.
 */
final class StagingArea {

    private final FileOps files;
    private final Path parent;
    private final Path directory;
    private final SortedSet<String> folders = new TreeSet<>();
    private final SortedMap<String, FileEntry> entries = new TreeMap<>();
    private long wanted;
    private long written;

    /** In a directory that {@link #create} makes. */
    StagingArea(FileOps files, Path parent, String name) {
        this.files = files;
        this.parent = parent;
        this.directory = parent.resolve(name);
    }

    /** Makes the directory. */
    void create() throws IOException {
        explained(() -> files.createDirectories(directory));
    }

    /** Says, for messages, that about so many bytes are going to be written. */
    void expect(long bytes) {
        wanted = bytes;
    }

    /** Adds one file, at most one folder deep, and lists it. */
    void add(String name, FileOps.Content content) throws IOException {
        MessageDigest digest = Sha256.start();
        Path file = write(name, out -> content.writeTo(new DigestOutputStream(out, digest)));
        long size = Files.size(file);
        written += size;
        entries.put(name, new FileEntry(name, size, Sha256.finish(digest)));
    }

    /** Adds one file that no manifest lists and no size counts. */
    void addUnlisted(String name, byte[] content) throws IOException {
        write(name, out -> out.write(content));
    }

    private Path write(String name, FileOps.Content content) throws IOException {
        Path file = directory.resolve(name);
        int slash = name.indexOf('/');
        explained(
                () -> {
                    if (slash > 0 && folders.add(name.substring(0, slash))) {
                        files.createDirectories(directory.resolve(name.substring(0, slash)));
                    }
                    files.write(file, content);
                    files.sync(file);
                });
        return file;
    }

    /** The files so far, by name. */
    SortedMap<String, FileEntry> entries() {
        return entries;
    }

    /**
     * Writes the manifest and makes all names durable; returns the bytes of what is listed, and its
     * own.
     */
    long seal(byte[] manifest) throws IOException {
        Path file = directory.resolve(Manifest.FILE);
        explained(
                () -> {
                    files.write(file, out -> out.write(manifest));
                    files.sync(file);
                    for (String name : folders) {
                        files.sync(directory.resolve(name));
                    }
                    files.sync(directory);
                    files.sync(parent);
                });
        return written + manifest.length;
    }

    /** Calls on the disk. */
    private interface Calls {
        void run() throws IOException;
    }

    private void explained(Calls calls) throws IOException {
        try {
            calls.run();
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException e) {
            throw new ArtifactException(
                    "staging directory '"
                            + directory
                            + "' cannot be filled ("
                            + e
                            + "): it wants about "
                            + wanted
                            + " bytes, "
                            + written
                            + " are written and "
                            + usable()
                            + " are free; make room or make it writable: the job tries again from"
                            + " its last checkpoint",
                    e);
        }
    }

    private String usable() {
        try {
            return Long.toString(files.usableBytes(parent));
        } catch (IOException e) {
            return "an unknown number (" + e + ")";
        }
    }
}
