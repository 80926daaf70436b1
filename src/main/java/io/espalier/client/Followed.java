package io.espalier.client;

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

    private final Path root;
    private final String name;
    private final Function<Notices, Announcements> announcements;

    private Followed(Path root, String name, Function<Notices, Announcements> announcements) {
        this.root = root;
        this.name = name;
        this.announcements = announcements;
    }

    private static Followed of(LiveFile live, Function<Notices, Announcements> announcements) {
        return new Followed(live.root(), live.model() + " at " + live.budget(), announcements);
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
     * @param directory {@code <root>/<model>/<version>}, as {@code prune} or a job wrote it
     */
    public static Followed version(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Path model = absolute.getParent();
        Path root = model == null ? null : model.getParent();
        if (root == null) {
            throw new IllegalArgumentException(
                    "'" + directory + "' is no <root>/<model>/<version>");
        }
        return new Followed(root, absolute.toString(), notices -> new FixedVersion(absolute));
    }

    Path root() {
        return root;
    }

    Announcements open(Notices notices) {
        return announcements.apply(notices);
    }

    @Override
    public String toString() {
        return name;
    }
}
