package io.espalier.client;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.artifact.PublishedReader;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * What a {@link LiveClassifier} follows: one budget of one model, by the store's {@code live.json}
 * or by the models topic. Either way the models themselves come from the store's directory.
 *
 * <p>Immutable; may be opened several times.
 */
public final class Followed {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final String name;
    private final Function<ModelVersion, Path> place;
    private final @Nullable Function<Notices, Announcements> announcements;

    private Followed(
            String name,
            Function<ModelVersion, Path> place,
            @Nullable Function<Notices, Announcements> announcements) {
        this.name = name;
        this.place = place;
        this.announcements = announcements;
    }

    private static Followed of(LiveFile live, Function<Notices, Announcements> announcements) {
        return new Followed(
                live.model() + " at " + live.budget(),
                version ->
                        PublishedReader.directory(live.root(), version.model(), version.version()),
                announcements);
    }

    /**
     * Follows {@code <root>/<model>/live.json}, with a look every second. It says promotions, pins
     * and rollbacks. Needs to be able to read the directory only.
     *
     * @param root of the store, {@code espalier.publish.root} of the job
     * @param model id of the model
     * @param budget as configured, like {@code macs=0.5}
     */
    public static Followed directory(Path root, String model, String budget) {
        return directory(root, model, budget, PERIOD);
    }

    /**
     * The same with another time between two looks.
     *
     * @param period at least a millisecond
     */
    public static Followed directory(Path root, String model, String budget, Duration period) {
        if (period.toMillis() < 1) {
            throw new IllegalArgumentException("period " + period + "; at least 1 ms");
        }
        LiveFile live = new LiveFile(root, model, budget);
        return of(live, notices -> new LiveFileAnnouncements(live, period));
    }

    /**
     * Follows a topic of announcements: the newest one with status {@code PROMOTED} is live.
     *
     * @param settings of the Kafka consumer: servers and security; isolation, offsets and
     *     deserializers are set here
     * @param topic {@code espalier.kafka.topic.models} of the job
     * @param root of the store, {@code espalier.publish.root} of the job
     * @param model id of the model
     * @param budget as configured, like {@code macs=0.5}
     */
    public static Followed topic(
            Map<String, ?> settings, String topic, Path root, String model, String budget) {
        Map<String, Object> given = Map.copyOf(settings);
        LiveFile live = new LiveFile(root, model, budget);
        return of(live, notices -> TopicAnnouncements.of(given, topic, live, notices));
    }

    /**
     * Follows nothing: serves one version, to try it or where versions are rolled out by other
     * means. Its digest is taken as it is, since nobody announced it.
     *
     * @param directory as {@code prune} or a job wrote it, or a copy of that under any name
     */
    public static Followed version(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        return new Followed(absolute.toString(), version -> absolute, null);
    }

    /** Where the directory of a version is, or will be. */
    Function<ModelVersion, Path> place() {
        return place;
    }

    /** Announcements to be closed; null if nothing is announced. */
    @Nullable Announcements open(Notices notices) {
        return announcements == null ? null : announcements.apply(notices);
    }

    /** The only version there is, where nothing is announced. */
    ModelVersion only() throws IOException {
        Path directory = Path.of(name);
        if (!Files.isRegularFile(directory.resolve(Manifest.FILE))) {
            throw new ServingException(
                    directory
                            + ": holds no "
                            + Manifest.FILE
                            + "; name the directory of a published version, like"
                            + " <root>/<model>/macs0.50-000001");
        }
        Manifest manifest = Manifest.fromJson(Files.readAllBytes(directory.resolve(Manifest.FILE)));
        return new ModelVersion(
                manifest.model(), manifest.version(), ManifestVerifier.digest(directory));
    }

    @Override
    public String toString() {
        return name;
    }
}
