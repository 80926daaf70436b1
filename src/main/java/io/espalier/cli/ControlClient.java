package io.espalier.cli;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaClientSettings;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/**
 * Sends commands to a job and reads its answers.
 *
 * @param config of the job
 */
record ControlClient(EspalierConfig config) {

    private static final Duration POLL = Duration.ofMillis(300);

    /**
     * Sends a command and waits for the answer to it.
     *
     * @param patience how long to wait at most
     * @return empty if there was none in that time
     * @throws IOException if the broker does not take the command
     */
    Optional<ControlAcknowledgement> send(ControlCommand command, Duration patience)
            throws IOException, InterruptedException {
        try (KafkaConsumer<byte[], byte[]> answers = answers()) {
            deliver(command);
            long deadline = System.nanoTime() + patience.toNanos();
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : answers.poll(POLL)) {
                    Optional<ControlAcknowledgement> answer = answer(record.value());
                    if (answer.isPresent() && answer.get().getCommandId().equals(command.getId())) {
                        return answer;
                    }
                }
            }
            return Optional.empty();
        }
    }

    /**
     * The answer to a command that was sent before.
     *
     * @param id of the command
     * @return empty if there is none up to the present end of the drift topic
     */
    Optional<ControlAcknowledgement> find(String id) throws WireException {
        try (KafkaConsumer<byte[], byte[]> answers = answers()) {
            Map<TopicPartition, Long> ends = answers.endOffsets(answers.assignment());
            answers.seekToBeginning(answers.assignment());
            while (ends.entrySet().stream()
                    .anyMatch(end -> answers.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : answers.poll(POLL)) {
                    Optional<ControlAcknowledgement> answer = answer(record.value());
                    if (answer.isPresent() && answer.get().getCommandId().equals(id)) {
                        return answer;
                    }
                }
            }
            return Optional.empty();
        }
    }

    private void deliver(ControlCommand command) throws IOException, InterruptedException {
        Properties settings = KafkaClientSettings.of(config);
        settings.put(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().requireBootstrapServers());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        String topic = config.kafka().topics().control();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    command.getModel().getBytes(StandardCharsets.UTF_8),
                                    RecordCodec.CONTROL_COMMAND.encode(command)))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "topic '" + topic + "' did not take the command: " + e.getCause(), e);
        }
    }

    /** Stands at the present end of the drift topic. */
    private KafkaConsumer<byte[], byte[]> answers() {
        Properties settings = KafkaClientSettings.of(config);
        settings.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().requireBootstrapServers());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(config.kafka().topics().drift()).stream()
                        .map(each -> new TopicPartition(each.topic(), each.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // Seeks now, not at the first poll.
        return consumer;
    }

    /** The topic carries drift reports, too. */
    private static Optional<ControlAcknowledgement> answer(byte[] value) throws WireException {
        return RecordCodec.CONTROL_ACKNOWLEDGEMENT.claimedBy(value)
                ? Optional.of(RecordCodec.CONTROL_ACKNOWLEDGEMENT.decode(value))
                : Optional.empty();
    }
}
