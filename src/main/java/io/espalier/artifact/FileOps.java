package io.espalier.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Every call by which the store changes a disk, so that a test can crash between any two of them.
 *
 * <p>Nothing is durable before {@link #sync} of the file, and of the directory that names it.
 */
interface FileOps {

    /** The bytes of a file to be. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Creates a directory and those above it; one that exists is fine. */
    void createDirectories(Path directory) throws IOException;

    /** Writes a file that must not exist. */
    void write(Path file, Content content) throws IOException;

    /** Forces a file's bytes, or a directory's names, to the disk. */
    void sync(Path path) throws IOException;

    /**
     * Renames within one file system, atomically: a file takes another's place; a directory fails
     * if one with files is there.
     */
    void move(Path from, Path to) throws IOException;

    /**
     * Deletes a file, or a directory with all in it; one that does not exist is fine. Follows no
     * link.
     */
    void deleteTree(Path directory) throws IOException;

    /** Bytes that may still be written near a path, as far as its file system says. */
    long usableBytes(Path path) throws IOException;
}
