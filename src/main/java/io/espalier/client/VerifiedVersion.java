package io.espalier.client;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.Manifest.FileEntry;
import io.espalier.artifact.Sha256;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A published directory of which every file was compared with its manifest, and the manifest with
 * the announcement.
 *
 * <p>Bytes read here are compared again while they are in memory, so that what is loaded is what
 * was announced even if somebody writes to the directory meanwhile.
 *
 * @param announced the version
 * @param directory where it lies
 * @param manifest of the announced digest
 */
record VerifiedVersion(ModelVersion announced, Path directory, Manifest manifest) {

    private static final int MAX_MANIFEST = 64 << 20;

    /**
     * Takes a directory that was verified.
     *
     * @throws ServingException if its manifest is of another digest, model or version
     */
    static VerifiedVersion of(ModelVersion announced, Path directory) throws IOException {
        Path file = directory.resolve(Manifest.FILE);
        byte[] json;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            json = in.readNBytes(MAX_MANIFEST);
        }
        String digest = Sha256.of(json);
        if (!digest.equals(announced.manifestDigest())) {
            throw new ServingException(
                    file + " has sha256 " + digest + ", announced " + announced.manifestDigest());
        }
        Manifest manifest = Manifest.fromJson(json);
        if (!manifest.model().equals(announced.model())
                || !manifest.version().equals(announced.version())) {
            throw new ServingException(
                    directory
                            + ": the manifest is of "
                            + manifest.model()
                            + "/"
                            + manifest.version()
                            + ", announced was "
                            + announced);
        }
        return new VerifiedVersion(announced, directory, manifest);
    }

    /** Whether the version has a file. */
    boolean has(String name) {
        return entry(name).isPresent();
    }

    /**
     * The content of a file.
     *
     * @throws ServingException if the version has none of that name, or it was changed since
     */
    byte[] bytes(String name) throws IOException {
        FileEntry entry =
                entry(name)
                        .orElseThrow(
                                () ->
                                        new ServingException(
                                                directory
                                                        + ": there is no '"
                                                        + name
                                                        + "'; the job publishes it when"
                                                        + " espalier.publish.formats names its"
                                                        + " folder"));
        try (InputStream in =
                Files.newInputStream(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(Math.toIntExact(entry.size()));
            if (in.read() >= 0 || !Sha256.of(bytes).equals(entry.sha256())) {
                throw new ServingException(
                        directory
                                + ": file '"
                                + name
                                + "' was changed while it was loaded: its sha256 is no longer "
                                + entry.sha256());
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw new ServingException(
                    directory + ": file '" + name + "' of " + entry.size() + " bytes is too large",
                    e);
        }
    }

    private Optional<FileEntry> entry(String name) {
        return manifest.files().stream().filter(file -> file.name().equals(name)).findFirst();
    }
}
