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

    private final LiveFile live;
    private final Function<Notices, Announcements> announcements;

    private Followed(LiveFile live, Function<Notices, Announcements> announcements) {
        this.live = live;
        this.announcements = announcements;
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
        return new Followed(live, notices -> new LiveFileAnnouncements(live, period));
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
        return new Followed(live, notices -> TopicAnnouncements.of(given, topic, live, notices));
    }

    Path root() {
        return live.root();
    }

    Announcements open(Notices notices) {
        return announcements.apply(notices);
    }

    @Override
    public String toString() {
        return live.model() + " at " + live.budget();
    }
}
