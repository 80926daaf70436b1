package io.espalier.cli;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.espalier.demo.EmbeddedBroker;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** A command that no job reads: it says where it is, and its answer is found later. */
class ControlCommandLineITCase {

    private static final Pattern ID = Pattern.compile("control answer id=([0-9a-f-]{36})'");

    @TempDir private static Path directory;
    private static EmbeddedBroker broker;
    private static Path config;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        broker.createTopics(List.of("espalier.control", "espalier.drift"), 1);
        config =
                Files.writeString(
                        directory.resolve("job.yaml"),
                        """
                        espalier.model.directory: /models/bert
                        espalier.model.id: tiny
                        espalier.publish.root: /models/pruned
                        espalier.checkpoint.interval: 1 s
                        espalier.kafka.bootstrap-servers: %s
                        """
                                .formatted(broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aCommandWithoutAJobStaysAndItsAnswerIsFoundLater() throws Exception {
        TinyTask.Run sent = control("force");
        assertThat(sent.code()).isEqualTo(1);
        assertThat(sent.err())
                .contains("no answer within 2 s: either no job of model 'tiny' runs, or it is busy")
                .contains("stays on topic 'espalier.control' and is obeyed when the job reads it");
        Matcher found = ID.matcher(sent.err());
        assertThat(found.find()).isTrue();
        String id = found.group(1);
        assertThat(control("answer", "id=" + id).err())
                .contains("there is no answer to " + id + " on 'espalier.drift' yet");
        answer("another", true, "decides again");
        answer(id, true, "decides at the next window's end");
        assertThat(control("answer", "id=" + id).out())
                .isEqualToIgnoringNewLines("obeyed: decides at the next window's end");
        answer("refused", false, "decisions are paused");
        assertThat(control("answer", "id=refused").err()).contains("refused: decisions are paused");
    }

    @Test
    void topicsThatAreMissingAreNamed() {
        TinyTask.Run run =
                control(
                        "force",
                        "--set=espalier.kafka.topic.control=absent-1",
                        "--set=espalier.kafka.topic.drift=absent-2");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("topics 'absent-1', 'absent-2' are not at " + broker.bootstrapServers())
                .contains("'espalier cluster topics --config FILE'");
    }

    private static TinyTask.Run control(String... arguments) {
        List<Object> all = new ArrayList<>(List.of("control", "--config", config));
        all.addAll(List.of(arguments));
        return TinyTask.run(new ControlCommandLine(Duration.ZERO), all.toArray());
    }

    private static void answer(String id, boolean accepted, String reason) throws Exception {
        ControlAcknowledgement answer =
                ControlAcknowledgement.newBuilder()
                        .setCommandId(id)
                        .setModel("tiny")
                        .setAction("FORCE")
                        .setAccepted(accepted)
                        .setReason(reason)
                        .setControlVersion(1)
                        .build();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    "espalier.drift",
                                    RecordCodec.CONTROL_ACKNOWLEDGEMENT.encode(answer)))
                    .get();
        }
    }
}
