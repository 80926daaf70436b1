package io.espalier.client;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** One directory, said to be live once; by its own digest, since nobody announced it. */
final class FixedVersion implements Announcements {

    private final Path directory;
    private boolean said;

    FixedVersion(Path directory) {
        this.directory = directory;
    }

    @Override
    public @Nullable ModelVersion next(Duration limit) throws IOException, InterruptedException {
        if (said) {
            Thread.sleep(limit.toMillis());
            return null;
        }
        String digest = ManifestVerifier.digest(directory);
        Manifest manifest = Manifest.fromJson(Files.readAllBytes(directory.resolve(Manifest.FILE)));
        said = true;
        return new ModelVersion(manifest.model(), manifest.version(), digest);
    }

    @Override
    public void close() {}
}
