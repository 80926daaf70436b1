package io.espalier.system;

import org.apache.kafka.clients.producer.RecordMetadata;

import io.espalier.stream.KafkaFixture;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Samples at a steady rate, each with the time of its sending, for as long as one likes. */
final class SteadyFeed {

    private static final int IN_BEAT = 20;
    private static final long BEAT_MILLIS = 100;
    private static final double MILLIS_IN_MINUTE = 60_000;
    private static final String[] CLASSES = {"a", "b", "c"};

    private final KafkaFixture kafka;
    private final String topic;
    private final Random random;
    private final long begin = System.currentTimeMillis();
    private final List<Future<RecordMetadata>> underWay = new ArrayList<>();
    private long beats;
    private long sent;

    SteadyFeed(KafkaFixture kafka, String topic, long seed) {
        this.kafka = kafka;
        this.topic = topic;
        this.random = new Random(seed);
    }

    /** Minutes since it began. */
    double minute() {
        return (System.currentTimeMillis() - begin) / MILLIS_IN_MINUTE;
    }

    /** Samples so far. */
    long sent() {
        return sent;
    }

    /**
     * Waits for the next beat and sends its samples, to all partitions in turn.
     *
     * @throws ExecutionException if the broker refused one of the beat before
     */
    void send() throws InterruptedException, ExecutionException {
        for (Future<RecordMetadata> each : underWay) {
            each.get();
        }
        underWay.clear();
        long due = begin + ++beats * BEAT_MILLIS;
        Thread.sleep(Math.max(0, due - System.currentTimeMillis())); // The rate is the load.
        for (int i = 0; i < IN_BEAT; i++) {
            int partition = (int) (sent % KafkaFixture.PARTITIONS);
            byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(sample());
            underWay.add(kafka.send(topic, partition, due, value));
            sent++;
        }
    }

    private CalibrationSample sample() {
        String text =
                IntStream.range(0, 3 + random.nextInt(10))
                        .mapToObj(i -> "w" + (3 + random.nextInt(TinyBert.VOCABULARY - 3)))
                        .collect(Collectors.joining(" "));
        return CalibrationSample.newBuilder()
                .setId("soak-" + sent)
                .setText(text)
                .setLabel(CLASSES[random.nextInt(CLASSES.length)])
                .build();
    }
}
