package io.espalier.stream;

import org.apache.kafka.clients.producer.RecordMetadata;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.DrillJob.Sabotage;
import io.espalier.stream.publish.LostTransactionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The broker is away while a transaction is prepared and its checkpoint not complete. If that takes
 * longer than the transaction's timeout, Flink's committer would drop its records and go on.
 */
class BrokerOutageITCase {

    private static final Duration OUTAGE = Duration.ofSeconds(6);
    private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(4);
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(2);
    private static final String ACCEPT = "espalier.kafka.accept-lost-transactions";
    private static final String TIMEOUT = "espalier.kafka.transaction-timeout";
    private static final Pattern REMEDY = Pattern.compile(ACCEPT + " = (\\d+/\\d+)");

    @TempDir private static Path directory;
    private static KafkaFixture kafka;

    private final List<Letter> sent = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = KafkaFixture.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @Test
    void anOutageBeyondTheTransactionTimeoutEndsInOurErrorUntilTheLossIsAccepted()
            throws Exception {
        EspalierConfig config = config("short", SHORT_TIMEOUT);
        String failure;
        String checkpoint;
        try (DrillJob job = start(config, null);
                Published published = new Published(config)) {
            overAnOutage(job, config, published);
            Await.until(
                    "the broker aborts the transaction", () -> !kafka.hasOpenTransactions(config));
            CheckpointGate.open();
            failure = job.awaitFailure();
            assertThat(job.failures())
                    .as("the attempt that wrote it is followed by one that restores it")
                    .filteredOn(each -> each.contains(LostTransactionException.class.getName()))
                    .hasSize(1);
            checkpoint = job.lastCheckpoint();
            assertThat(published.deadLetters()).isEqualTo(sent.subList(0, 1));
        }
        int begin = failure.indexOf("topic '");
        String said = failure.substring(begin, failure.indexOf('\n', begin));
        System.out.printf("BrokerOutageITCase: %s away, %s%n", OUTAGE, said);
        assertThat(said)
                .startsWith("topic 'short.dead' has lost the records written after checkpoint ")
                .contains(
                        "transaction 'short-dead-letters-0-",
                        "CompleteAbort",
                        "timeout 4000 ms",
                        TIMEOUT + " is 4000 ms");

        assertThatThrownBy(() -> start(config, checkpoint))
                .as("nothing has changed")
                .hasMessageContaining(said);

        Matcher name = REMEDY.matcher(said);
        assertThat(name.find()).isTrue();
        EspalierConfig accepting = config("short", LONG_TIMEOUT, Map.of(ACCEPT, name.group(1)));
        try (DrillJob job = start(accepting, checkpoint);
                Published published = new Published(config)) {
            send(accepting);
            Await.until("the job goes on", () -> published.deadLetters().size() >= 2);
            job.awaitCheckpoints(2);
            assertThat(published.deadLetters())
                    .as("the second is lost, and nothing else")
                    .containsExactly(sent.get(0), sent.get(2));
        }
    }

    @Test
    void theSameOutageWithinTheTransactionTimeoutLosesAndDoublesNothing() throws Exception {
        EspalierConfig config = config("long", LONG_TIMEOUT);
        try (DrillJob job = start(config, null);
                Published published = new Published(config)) {
            overAnOutage(job, config, published);
            assertThat(kafka.hasOpenTransactions(config)).isTrue();
            CheckpointGate.letOnePass();
            Await.until(
                    "the transaction is committed",
                    () -> published.deadLetters().size() >= sent.size());
            // Held back at the next checkpoint, so that the job restores the committed one.
            job.fail("fold");
            CheckpointGate.open();
            send(config);
            Await.until("the job goes on", () -> published.deadLetters().size() >= sent.size());
            job.awaitCheckpoints(2);
            assertThat(published.deadLetters()).isEqualTo(sent);
            assertThat(job.failures())
                    .isNotEmpty()
                    .noneMatch(each -> each.contains(LostTransactionException.class.getName()));
        }
    }

    /** A letter is committed, another one is prepared, and the broker goes away and comes back. */
    private void overAnOutage(DrillJob job, EspalierConfig config, Published published)
            throws Exception {
        send(config);
        Await.until(
                "the first letter is committed",
                () -> published.deadLetters().size() >= sent.size());
        CheckpointGate.shut();
        long empty = CheckpointGate.awaitHeld(0);
        job.awaitAllPartsButOne(empty);
        send(config); // Behind that checkpoint's barrier.
        Await.until("the sink has written", () -> kafka.hasOpenTransactions(config));
        CheckpointGate.letOnePass();
        job.awaitAllPartsButOne(CheckpointGate.awaitHeld(empty));
        kafka.takeBrokerAway(OUTAGE);
    }

    private void send(EspalierConfig config) throws Exception {
        String topic = config.kafka().topics().calibration();
        long time = 1_750_000_000_000L + sent.size();
        byte[] value = ("no sample " + time).getBytes(StandardCharsets.UTF_8);
        RecordMetadata place = kafka.send(topic, 0, time, value).get();
        sent.add(Letter.of(topic, 0, place.offset(), time, "decode", value));
    }

    private static DrillJob start(EspalierConfig config, @Nullable String checkpoint)
            throws Exception {
        Sabotage gate = environment -> CheckpointGate.install(environment, config);
        return DrillJob.start(config, gate, checkpoint);
    }

    private static EspalierConfig config(String name, Duration timeout) throws Exception {
        kafka.createInput(name + ".in");
        kafka.job(name, name + ".in", Map.of());
        return config(name, timeout, Map.of());
    }

    private static EspalierConfig config(String name, Duration timeout, Map<String, String> own)
            throws Exception {
        Map<String, String> settings = new HashMap<>(own);
        settings.put(TIMEOUT, timeout.toMillis() + " ms");
        settings.put("espalier.dead-letters.max-share", "1");
        return kafka.config(name, name + ".in", settings);
    }
}
