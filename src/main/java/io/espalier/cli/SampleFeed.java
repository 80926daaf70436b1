package io.espalier.cli;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaClientSettings;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Samples on their way to the calibration topic: one partition after the other in turn, the id as
 * key, the event time as timestamp. The broker has each of them once, however often the client had
 * to ask; what a broken feed has sent stays.
 *
 * @param config of the job, whose settings of Kafka's clients are used
 * @param partitions of the topic
 * @param times of the samples
 * @param flush whether each partition gets one sample more, that ends the windows before it
 */
record SampleFeed(EspalierConfig config, int partitions, EventTimes times, boolean flush) {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
    private static final int DELIVERY_MILLIS = 30_000;
    private static final int MAX_BLOCK_MILLIS = 20_000;
    private static final int REQUEST_OVERHEAD = 64 << 10;

    /**
     * What was sent.
     *
     * @param samples without those that flush
     * @param first earliest event time, in milliseconds since the epoch
     * @param last latest event time, without those that flush
     */
    record Sent(long samples, long first, long last) {}

    /** Told how many samples were sent so far. */
    @FunctionalInterface
    interface Progress {

        /** Takes the number. */
        void update(long sent);
    }

    /** The first thing that went wrong; the client's threads tell. */
    private static final class Trouble {

        private final AtomicReference<@Nullable Exception> first = new AtomicReference<>();

        Callback answer(long eventTime, String topic) {
            return (metadata, error) -> {
                if (error != null) {
                    first.compareAndSet(null, error);
                } else if (metadata.hasTimestamp() && metadata.timestamp() != eventTime) {
                    first.compareAndSet(
                            null,
                            new IOException(
                                    "it gave a sample of "
                                            + Instant.ofEpochMilli(eventTime)
                                            + " the time of its arrival; set topic '"
                                            + topic
                                            + "' to message.timestamp.type=CreateTime"));
                }
            };
        }

        @Nullable Exception get() {
            return first.get();
        }
    }

    /**
     * Sends and returns once the broker has it all.
     *
     * @param samples at least one
     * @throws IOException if the broker refuses or does not answer
     * @throws InterruptedException if the thread was interrupted
     */
    Sent send(List<CalibrationSample> samples, Progress progress)
            throws IOException, InterruptedException {
        Producer<String, byte[]> producer = producer();
        Trouble trouble = new Trouble();
        Duration patience = Duration.ZERO;
        try {
            Sent sent = feed(producer, samples, trouble, progress);
            Exception refusal = trouble.get();
            if (refusal != null) {
                throw new IOException(
                        "broker %s, topic '%s': %s%s; some of the samples may be there"
                                .formatted(
                                        config.kafka().requireBootstrapServers(),
                                        topic(),
                                        refusal.getMessage(),
                                        remedy(refusal)),
                        refusal);
            }
            patience = CLOSE_LIMIT;
            return sent;
        } catch (InterruptException e) {
            Thread.interrupted(); // The client set it again; the checked exception says it.
            throw new InterruptedException("feed interrupted");
        } finally {
            producer.close(patience);
        }
    }

    private static String remedy(Exception refusal) {
        return refusal instanceof InvalidTimestampException
                ? " (message.timestamp.after.max.ms of the topic, 1 hour by default, is how far"
                        + " event times, also those of --flush, may be ahead of its clock)"
                : "";
    }

    private String topic() {
        return config.kafka().topics().calibration();
    }

    private Sent feed(
            Producer<String, byte[]> producer,
            List<CalibrationSample> samples,
            Trouble trouble,
            Progress progress)
            throws InterruptedException {
        long begin = System.nanoTime();
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        int sent = 0;
        for (CalibrationSample sample : samples) {
            long due = begin + times.due(sent);
            if (Thread.interrupted()) {
                throw new InterruptedException("feed interrupted");
            }
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            long eventTime = times.of(sent, System.currentTimeMillis());
            send(producer, sent % partitions, eventTime, sample, trouble);
            first = Math.min(first, eventTime);
            last = Math.max(last, eventTime);
            progress.update(++sent);
            if (trouble.get() != null) {
                break;
            }
        }
        if (flush && trouble.get() == null) {
            long eventTime = WindowEnds.of(config).flush(last);
            List<CalibrationSample> more = flushing(samples, partitions);
            for (int partition = 0; partition < partitions; partition++) {
                send(producer, partition, eventTime, more.get(partition), trouble);
            }
        }
        producer.flush();
        return new Sent(sent, first, last);
    }

    /** The samples that flush: the last one again, under another id for each partition. */
    private static List<CalibrationSample> flushing(
            List<CalibrationSample> samples, int partitions) {
        CalibrationSample last = samples.get(samples.size() - 1);
        return IntStream.range(0, partitions)
                .mapToObj(
                        partition ->
                                CalibrationSample.newBuilder(last)
                                        .setId(last.getId() + "-flush-" + partition)
                                        .build())
                .toList();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback has the answers.
    private void send(
            Producer<String, byte[]> producer,
            int partition,
            long eventTime,
            CalibrationSample sample,
            Trouble trouble) {
        producer.send(
                new ProducerRecord<>(
                        topic(),
                        partition,
                        eventTime,
                        sample.getId(),
                        RecordCodec.CALIBRATION_SAMPLE.encode(sample)),
                trouble.answer(eventTime, topic()));
    }

    private Producer<String, byte[]> producer() {
        Properties settings = KafkaClientSettings.of(config);
        settings.put(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().requireBootstrapServers());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.putIfAbsent(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                config.source().maxSampleBytes() + REQUEST_OVERHEAD);
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
}
