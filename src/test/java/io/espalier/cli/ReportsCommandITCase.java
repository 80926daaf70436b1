package io.espalier.cli;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.demo.EmbeddedBroker;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/** What a drift topic on a real broker holds, as the command prints it: committed, in order. */
class ReportsCommandITCase {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] FOREIGN = "foreign".getBytes(StandardCharsets.UTF_8);

    @TempDir static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static Path job(String name) throws Exception {
        broker.createTopics(List.of(name), 1);
        return Files.writeString(
                directory.resolve(name + ".yaml"),
                """
                espalier.model.directory: /models/tiny
                espalier.model.id: %s
                espalier.publish.root: /models/pruned
                espalier.kafka.bootstrap-servers: %s
                espalier.kafka.topic.drift: %s
                """
                        .formatted(Reported.MODEL, broker.bootstrapServers(), name));
    }

    private static byte[] window(int number, String budget) {
        return RecordCodec.DRIFT_REPORT.encode(Reported.window(number, budget).build());
    }

    /** Two windows of two budgets, an answer and a rejected candidate; more that does not count. */
    private static List<byte[]> records() {
        return List.of(
                window(0, "macs=0.5"),
                window(0, "macs=0.3"),
                RecordCodec.CONTROL_ACKNOWLEDGEMENT.encode(Reported.answer("c1", true, "done")),
                FOREIGN,
                RecordCodec.DRIFT_REPORT.encode(
                        Reported.window(0, "macs=0.5").setModel("other").build()),
                RecordCodec.DRIFT_REPORT.encode(
                        Reported.candidate(DriftOutcome.REJECTED, 0.03).build()),
                window(1, "macs=0.3"));
    }

    /** Writes records in a transaction, as a job does. */
    private static void write(String topic, List<byte[]> values, boolean commit) throws Exception {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                broker.bootstrapServers(),
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                "writer-" + topic),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static TinyTask.Run reports(Path config, Object... more) {
        List<Object> all = new ArrayList<>(List.of("reports", "--config", config));
        all.addAll(List.of(more));
        return TinyTask.run(new ReportsCommand(), all.toArray());
    }

    /** Commit markers are written after the commit has returned: asks until so many came. */
    private static TinyTask.Run settled(Path config, int expected) throws Exception {
        TinyTask.Run[] run = {reports(config)};
        await(
                () -> {
                    run[0] = reports(config);
                    return heads(run[0].out()).size() >= expected;
                });
        return run[0];
    }

    /** The lines that are no continuation. */
    private static List<String> heads(String out) {
        return out.lines().filter(line -> !line.startsWith(" ")).toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(20); // Between two looks.
        }
    }

    @Test
    void committedReportsAndAnswersOfTheModelAreInOrderWithTheirReasons() throws Exception {
        Path config = job("order");
        write("order", List.of(window(9, "macs=0.5")), false);
        write("order", records(), true);
        TinyTask.Run run = settled(config, 5);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> heads = heads(run.out());
        assertThat(heads).hasSize(5);
        assertThat(heads.get(0)).startsWith("2026-11-01T12:00:00Z..2026-11-01T12:01:00Z  macs=0.5");
        assertThat(heads.get(1)).contains("12:01:00Z  macs=0.3  1600 samples  NO_DRIFT -> KEPT");
        assertThat(heads.get(2)).contains("command set-budgets obeyed: done (id c1,");
        assertThat(heads.get(3)).contains("DRIFT -> REJECTED  re-masked macs0.50-000002");
        assertThat(heads.get(4)).contains("12:02:00Z  macs=0.3");
        assertThat(run.out())
                .contains("    published, not live: it failed; more samples")
                .contains("    reason: drift: level drift; why not");
        System.out.printf("ReportsCommandITCase:%n%s", run.out());
    }

    @Test
    void choosesByBudgetAndTheLastOnesAndPrintsJson() throws Exception {
        Path config = job("some");
        write("some", records(), true);
        settled(config, 5);
        assertThat(heads(reports(config, "--budget", "macs=0.30").out()))
                .hasSize(3)
                .filteredOn(line -> !line.contains("command"))
                .allMatch(line -> line.contains("macs=0.3"));
        assertThat(heads(reports(config, "--last", 2).out()))
                .hasSize(2)
                .last()
                .matches(line -> line.contains("12:02:00Z  macs=0.3"));
        assertThat(reports(config, "--last", 0).out()).isEmpty();
        List<String> types = new ArrayList<>();
        for (String line : reports(config, "--json").out().lines().toList()) {
            JsonNode node = new ObjectMapper().readTree(line);
            types.add(node.get("type").asText() + " " + node.get("offset").asLong());
        }
        assertThat(types)
                .containsExactly("report 0", "report 1", "answer 2", "report 5", "report 6");
    }

    @Test
    void followsUntilItIsInterrupted() throws Exception {
        Path config = job("follow");
        write("follow", List.of(window(0, "macs=0.5")), true);
        settled(config, 1);
        StringWriter out = new StringWriter();
        AtomicInteger code = new AtomicInteger(-1);
        Thread follower =
                new Thread(
                        () ->
                                code.set(
                                        EspalierCommand.commandLine(new ReportsCommand())
                                                .setOut(new PrintWriter(out, true))
                                                .execute(
                                                        "reports",
                                                        "--config",
                                                        config.toString(),
                                                        "--follow")));
        follower.start();
        try {
            await(() -> heads(out.toString()).size() == 1);
            write("follow", List.of(window(1, "macs=0.5"), window(2, "macs=0.5")), true);
            await(() -> heads(out.toString()).size() == 3);
        } finally {
            follower.interrupt();
            follower.join(LIMIT.toMillis());
        }
        assertThat(code).hasValue(0);
        assertThat(heads(out.toString()).get(2)).startsWith("2026-11-01T12:02:00Z..");
    }

    @Test
    void anEmptyTopicIsExplainedAndAMissingOneRefused() throws Exception {
        Path config = job("empty");
        TinyTask.Run run = reports(config);
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("nothing of model 'tiny' on empty yet")
                .contains("every partition of espalier.calibration has seen a later sample");
        TinyTask.Run gone = reports(config, "--set", "espalier.kafka.topic.drift=gone");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).contains("topic 'gone' is not at " + broker.bootstrapServers());
        assertThat(reports(config, "--last", -1).code()).isEqualTo(2);
        assertThat(reports(config, "--budget", "macs").err()).contains("budget 'macs' is unknown");
    }

    @Test
    void aTornReportIsNamedByItsPlace() throws Exception {
        Path config = job("torn");
        byte[] whole = window(0, "macs=0.5");
        byte[] torn = Arrays.copyOf(whole, whole.length - 1);
        write("torn", List.of(whole), true);
        assertThat(settled(config, 1).code()).isZero();
        write("torn", List.of(torn), true);
        await(() -> reports(config).code() == 1);
        assertThat(reports(config).err()).contains("topic 'torn', partition 0, offset 2:");
    }
}
