package io.espalier.demo;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A bounded producer of calibration samples: single-object encoded, the record's timestamp the
 * event time, the key the sample's id, which spreads them over the partitions.
 *
 * <p>A job's watermark follows the events, so nothing would close the last window of a feed that
 * just ends. Therefore every partition gets one sample more, {@value #TAIL_WINDOWS} windows after
 * the end: it pushes the partition's watermark past the last window, for any out-of-orderness up to
 * that much, and itself belongs to a window that only a drained job closes.
 *
 * @param bootstrapServers of the broker
 * @param topic that exists
 * @param partitions of the topic
 * @param plan what to feed
 * @param rate samples a second; 0 for as fast as the broker takes them
 */
public record GlossFeed(
        String bootstrapServers, String topic, int partitions, DriftPlan plan, double rate) {

    /** Windows between the end of the feed and its tail samples. */
    public static final int TAIL_WINDOWS = 10;

    /** What the ids of tail samples begin with. */
    public static final String TAIL_ID = "tail-";

    private static final String TASK = "feed glosses";
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    /** Checks the numbers. */
    public GlossFeed {
        if (partitions < 1 || !(rate >= 0)) {
            throw new IllegalArgumentException(
                    "a feed has at least 1 partition and a rate of 0 or more, not %d and %s"
                            .formatted(partitions, rate));
        }
    }

    /**
     * Feeds everything and returns once the broker has it all. An interrupt stops it between two
     * samples.
     *
     * @throws IOException if the broker refuses or does not answer
     * @throws InterruptedException if the thread was interrupted; what was sent stays
     */
    public void run(WordNet wordNet, Progress progress) throws IOException, InterruptedException {
        Producer<String, byte[]> producer = producer();
        Duration patience = Duration.ZERO;
        try {
            Exception refusal = feed(producer, wordNet, progress);
            if (refusal != null) {
                throw new IOException(
                        "broker %s did not take a sample for topic '%s': %s"
                                .formatted(bootstrapServers, topic, refusal.getMessage()),
                        refusal);
            }
            patience = CLOSE_LIMIT;
        } catch (InterruptException e) {
            Thread.interrupted(); // The client set it again; the checked exception says it.
            throw new InterruptedException("feed interrupted");
        } finally {
            producer.close(patience);
        }
    }

    /** Sends and flushes; returns the first error the broker answered with. */
    @SuppressWarnings("FutureReturnValueIgnored") // The callback has the answers.
    private @Nullable Exception feed(
            Producer<String, byte[]> producer, WordNet wordNet, Progress progress)
            throws InterruptedException {
        List<Gloss> nouns = wordNet.part(Part.STREAM, false, plan.seed());
        List<Gloss> verbs = wordNet.part(Part.STREAM, true, plan.seed());
        AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();
        Callback answer = (metadata, error) -> refusal.compareAndSet(null, error);
        Iterator<DriftPlan.Timed> samples = plan.samples(nouns, verbs).iterator();
        long begin = System.nanoTime();
        for (long sent = 0; samples.hasNext() && refusal.get() == null; sent++) {
            pace(begin, sent);
            producer.send(record(null, samples.next()), answer);
            progress.update(TASK, sent + 1, plan.samples());
        }
        long tailTime = plan.end().plus(plan.window().multipliedBy(TAIL_WINDOWS)).toEpochMilli();
        Gloss text = nouns.get(0);
        for (int partition = 0; partition < partitions; partition++) {
            CalibrationSample tail =
                    new CalibrationSample(TAIL_ID + partition, text.text(), null, text.label());
            producer.send(record(partition, new DriftPlan.Timed(tail, tailTime)), answer);
        }
        producer.flush();
        return refusal.get();
    }

    private ProducerRecord<String, byte[]> record(
            @Nullable Integer partition, DriftPlan.Timed timed) {
        return new ProducerRecord<>(
                topic,
                partition,
                timed.eventTime(),
                timed.sample().getId(),
                RecordCodec.CALIBRATION_SAMPLE.encode(timed.sample()));
    }

    /** Waits until sample number {@code sent} is due. */
    private void pace(long begin, long sent) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("feed interrupted");
        }
        if (rate > 0) {
            long due = begin + (long) (sent / rate * 1e9);
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        }
    }

    private Producer<String, byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG, 20,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000),
                new StringSerializer(),
                new ByteArraySerializer());
    }
}
