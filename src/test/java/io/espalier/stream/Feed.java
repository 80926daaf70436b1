package io.espalier.stream;

import org.apache.kafka.clients.producer.RecordMetadata;

import io.espalier.stream.Traffic.Item;
import io.espalier.wire.codec.Stage;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;

/** Sends the traffic of a test to its topic, part by part, and keeps where refused records are. */
public final class Feed {

    private final KafkaFixture kafka;
    private final String topic;
    private final List<Item> tails;
    private final Iterator<List<Item>> parts;
    private final List<Sent> all = new ArrayList<>();

    /**
     * A record in its topic.
     *
     * @param item what was sent
     * @param offset in its partition
     */
    public record Placed(Item item, long offset) {}

    /** A record on its way. */
    private record Sent(Item item, Future<RecordMetadata> place) {}

    /** A feed of all of the traffic. */
    public Feed(KafkaFixture kafka, String topic, Traffic traffic) {
        this(kafka, topic, traffic.parts(), traffic.tails());
    }

    /** A feed of these parts and, in the end, tails. */
    Feed(KafkaFixture kafka, String topic, List<List<Item>> parts, List<Item> tails) {
        this.kafka = kafka;
        this.topic = topic;
        this.tails = tails;
        this.parts = parts.iterator();
    }

    /** Sends the next part, if there is one; does not wait until it is stored. */
    public void sendPart() {
        if (parts.hasNext()) {
            parts.next().forEach(this::send);
        }
    }

    /** Sends what is left, and the tails; waits until all is stored. */
    public void sendRest() throws Exception {
        while (parts.hasNext()) {
            sendPart();
        }
        tails.forEach(this::send);
        for (Sent sent : all) {
            sent.place().get();
        }
    }

    private void send(Item item) {
        all.add(
                new Sent(
                        item, kafka.send(topic, item.partition(), item.timestamp(), item.value())));
    }

    /** What was sent and the offset it got, in the order of sending. */
    public List<Placed> placed() throws Exception {
        List<Placed> placed = new ArrayList<>();
        for (Sent sent : all) {
            placed.add(new Placed(sent.item(), sent.place().get().offset()));
        }
        return placed;
    }

    /** The dead letters that what was sent has to become. */
    public List<Letter> expectedLetters() throws Exception {
        List<Letter> letters = new ArrayList<>();
        for (Sent sent : all) {
            Item item = sent.item();
            Stage refusedAt = item.refusedAt();
            if (refusedAt != null) {
                letters.add(
                        Letter.of(
                                topic,
                                item.partition(),
                                sent.place().get().offset(),
                                item.timestamp(),
                                refusedAt.label(),
                                item.value()));
            }
        }
        return letters;
    }
}
