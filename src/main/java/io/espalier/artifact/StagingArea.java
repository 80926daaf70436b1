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

/** A directory being filled: each file is written, digested and forced before the next. */
final class StagingArea {

    private final FileOps files;
    private final Path parent;
    private final Path directory;
    private final SortedSet<String> folders = new TreeSet<>();
    private final SortedMap<String, FileEntry> entries = new TreeMap<>();

    StagingArea(FileOps files, Path parent, String name) throws IOException {
        this.files = files;
        this.parent = parent;
        this.directory = parent.resolve(name);
        files.createDirectories(directory);
    }

    /** Adds one file, at most one folder deep. */
    void add(String name, FileOps.Content content) throws IOException {
        Path file = directory.resolve(name);
        int slash = name.indexOf('/');
        if (slash > 0 && folders.add(name.substring(0, slash))) {
            files.createDirectories(directory.resolve(name.substring(0, slash)));
        }
        MessageDigest digest = Sha256.start();
        files.write(file, out -> content.writeTo(new DigestOutputStream(out, digest)));
        files.sync(file);
        entries.put(name, new FileEntry(name, Files.size(file), Sha256.finish(digest)));
    }

    /** The files so far, by name. */
    SortedMap<String, FileEntry> entries() {
        return entries;
    }

    /** Writes the manifest and makes all names durable; returns the bytes of all files. */
    long seal(byte[] manifest) throws IOException {
        Path file = directory.resolve(Manifest.FILE);
        files.write(file, out -> out.write(manifest));
        files.sync(file);
        for (String name : folders) {
            files.sync(directory.resolve(name));
        }
        files.sync(directory);
        files.sync(parent);
        return manifest.length + entries.values().stream().mapToLong(FileEntry::size).sum();
    }
}
