package io.espalier.artifact;

import io.espalier.artifact.Manifest.FileEntry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares a published directory with its manifest: the same files, each of the same bytes.
 *
 * <p>Follows no link. {@code run.json} is outside the manifest and may be there or not.
 */
public final class ManifestVerifier {

    private static final int MAX_MANIFEST = 64 << 20;
    private static final String RUN_FILE = "run.json";

    private ManifestVerifier() {}

    /**
     * Verifies every file of a directory, wherever it was copied to.
     *
     * @return its manifest
     * @throws ArtifactException naming the first file that is missing, too many or altered
     */
    public static Manifest verify(Path directory) throws IOException {
        Manifest manifest = Manifest.fromJson(manifestBytes(directory));
        SortedMap<String, Path> found = files(directory);
        found.remove(Manifest.FILE);
        found.remove(RUN_FILE);
        for (FileEntry entry : manifest.files()) {
            Path file = found.remove(entry.name());
            if (file == null) {
                throw refused(directory, entry.name(), "is missing");
            }
            if (Files.size(file) != entry.size()) {
                throw refused(
                        directory,
                        entry.name(),
                        "has " + Files.size(file) + " bytes, the manifest says " + entry.size());
            }
            String digest = Sha256.of(file);
            if (!digest.equals(entry.sha256())) {
                throw refused(
                        directory,
                        entry.name(),
                        "has sha256 " + digest + ", the manifest says " + entry.sha256());
            }
        }
        if (!found.isEmpty()) {
            throw refused(directory, found.firstKey(), "is not in the manifest");
        }
        return manifest;
    }

    /**
     * Verifies a directory that was announced by the digest of its manifest.
     *
     * @param manifestDigest SHA-256 in hexadecimal
     */
    public static Manifest verify(Path directory, String manifestDigest) throws IOException {
        String digest = digest(directory);
        if (!digest.equals(manifestDigest)) {
            throw refused(
                    directory,
                    Manifest.FILE,
                    "has sha256 " + digest + ", expected " + manifestDigest);
        }
        return verify(directory);
    }

    /** The artefact's digest: SHA-256 of its manifest, in hexadecimal. */
    public static String digest(Path directory) throws IOException {
        return Sha256.of(manifestBytes(directory));
    }

    private static byte[] manifestBytes(Path directory) throws IOException {
        Path file = directory.resolve(Manifest.FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(directory, Manifest.FILE, "is missing");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
            if (bytes.length > MAX_MANIFEST) {
                throw refused(directory, Manifest.FILE, "has more than " + MAX_MANIFEST + " bytes");
            }
            return bytes;
        }
    }

    private static SortedMap<String, Path> files(Path directory) throws IOException {
        SortedMap<String, Path> found = new TreeMap<>();
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String name = directory.relativize(file).toString();
                        if (!attributes.isRegularFile()) {
                            throw refused(directory, name, "is a link or no regular file");
                        }
                        found.put(name, file);
                        return FileVisitResult.CONTINUE;
                    }
                });
        return found;
    }

    private static ArtifactException refused(Path directory, String file, String problem) {
        return new ArtifactException(directory + ": file '" + file + "' " + problem);
    }
}
