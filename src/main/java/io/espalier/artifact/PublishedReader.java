package io.espalier.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A reader's way from an announcement to the directory it names.
 *
 * <p>Topic and store cannot commit at one instant. So a record whose directory is not there yet is
 * asked for again, up to a limit; a directory no record has announced is nobody's. A directory that
 * is there is complete: any difference from the announced digest is an error at once.
 */
public final class PublishedReader {

    private final Clock clock;
    private final Duration limit;
    private final Pause pause;

    /** Waits a little between two looks. */
    @FunctionalInterface
    public interface Pause {
        void pause() throws InterruptedException;
    }

    /**
     * A reader.
     *
     * @param limit how long after the first look a directory may still appear; longer than a
     *     checkpoint and a restart of the job together
     */
    public PublishedReader(Clock clock, Duration limit, Pause pause) {
        this.clock = clock;
        this.limit = limit;
        this.pause = pause;
    }

    /**
     * The live version of each budget, as a model's {@code live.json} names them; none if there is
     * no such file. Writes nothing: a reader's right to read suffices.
     */
    public static List<LivePointer> live(Path root, String model) throws IOException {
        return LiveFile.read(root.resolve(Ids.require("model id", model)), model).pointers();
    }

    /** Where a store has a version, published or not. */
    public static Path directory(Path root, String model, String version) {
        return root.resolve(Ids.require("model id", model))
                .resolve(Ids.require("version", version));
    }

    /**
     * Waits until the directory of an announced version is there, and verifies it.
     *
     * @param manifestDigest as announced
     * @throws ArtifactException if it does not appear in time, or is not what was announced
     */
    public void await(Path directory, String manifestDigest)
            throws IOException, InterruptedException {
        Instant start = clock.instant();
        while (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Duration waited = Duration.between(start, clock.instant());
            if (waited.compareTo(limit) >= 0) {
                throw new ArtifactException(
                        "'"
                                + directory
                                + "' was announced and is not there after "
                                + waited.toMillis()
                                + " ms of at most "
                                + limit.toMillis()
                                + "; the job that announced it commits after a restart, or the"
                                + " directory was deleted, or this is another store than the job's");
            }
            pause.pause();
        }
        ManifestVerifier.verify(directory, manifestDigest);
    }
}
