package io.espalier.stream;

import io.espalier.stream.Traffic.Item;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.codec.RecordCodec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Traffic whose labels come, in part, on a topic of their own: after their samples, before them, or
 * never. It is sent in two halves, and between them a window is open, samples wait for labels and
 * labels for samples.
 */
final class LabelledFeed {

    /** Topic of the samples. */
    static final String SAMPLES = "samples";

    /** Topic of the labels. */
    static final String LABELS = "labels";

    /** Event time that a sample has to wait for its label. */
    static final int DELAY = 1000;

    private static final int APART = 300; // Event time between a sample and its label.

    private final KafkaFixture kafka;
    private final Feed first;
    private final Feed rest;
    private final List<Label> labels;
    private final List<Item> tails;
    private final long cut;

    /** How a sample gets its label. */
    private enum Fate {
        OWN,
        AFTER,
        BEFORE,
        NEVER;

        static Fate of(Item item) {
            return values()[Integer.parseInt(item.sample().getId().substring(1)) % values().length];
        }
    }

    /** A record of the labels topic. */
    private record Label(int partition, long time, LabelUpdate update) {}

    /**
     * Plans what is sent.
     *
     * @param parts of the traffic that are the first half
     */
    LabelledFeed(KafkaFixture kafka, Traffic traffic, int parts) {
        List<List<Item>> sent =
                traffic.parts().stream()
                        .map(part -> part.stream().map(LabelledFeed::withoutLaterLabel).toList())
                        .toList();
        this.kafka = kafka;
        this.first = new Feed(kafka, SAMPLES, sent.subList(0, parts), List.of());
        this.tails = traffic.tails();
        this.rest = new Feed(kafka, SAMPLES, sent.subList(parts, sent.size()), tails);
        this.labels = labels(traffic.good());
        this.cut = sent.get(parts - 1).stream().mapToLong(Item::timestamp).max().orElseThrow();
    }

    private static Item withoutLaterLabel(Item item) {
        return item.refusedAt() != null || Fate.of(item) == Fate.OWN ? item : item.unlabelled();
    }

    private static List<Label> labels(List<Item> items) {
        List<Label> labels = new ArrayList<>();
        for (Item item : items) {
            Fate fate = Fate.of(item);
            if (fate == Fate.AFTER || fate == Fate.BEFORE) {
                long time = item.timestamp() + (fate == Fate.AFTER ? APART : -APART);
                String label = Objects.requireNonNull(item.sample().getLabel());
                labels.add(
                        new Label(
                                item.partition(),
                                time,
                                new LabelUpdate(item.sample().getId(), label)));
            }
        }
        labels.sort(Comparator.comparingLong(Label::time));
        return labels;
    }

    /** Creates both topics. */
    void createTopics() throws Exception {
        kafka.createInput(SAMPLES);
        kafka.createInput(LABELS);
    }

    /** Sends the first half, of either topic up to the same event time. */
    void sendFirst() throws Exception {
        first.sendRest();
        for (Label label : labels) {
            if (label.time() <= cut) {
                send(label);
            }
        }
    }

    /** Sends the second half, and what ends the last window. */
    void sendRest() throws Exception {
        rest.sendRest();
        for (Label label : labels) {
            if (label.time() > cut) {
                send(label);
            }
        }
        for (Item tail : tails) {
            send(
                    new Label(
                            tail.partition(),
                            tail.timestamp() + 2 * DELAY,
                            new LabelUpdate("nobody", "a")));
        }
    }

    private void send(Label label) throws Exception {
        byte[] value = RecordCodec.LABEL_UPDATE.encode(label.update());
        kafka.send(LABELS, label.partition(), label.time(), value).get();
    }

    /** The dead letters that the first half has to become. */
    List<Letter> lettersOfFirst() throws Exception {
        return first.expectedLetters();
    }

    /** The dead letters that the second half has to become. */
    List<Letter> lettersOfRest() throws Exception {
        return rest.expectedLetters();
    }
}
