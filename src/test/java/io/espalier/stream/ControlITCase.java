package io.espalier.stream;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.LivePointer;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands to a running job, while tasks of it fail: each is answered once on the drift topic, in
 * the order of the commands, and the file that says what is live says what the answers say.
 */
class ControlITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final String FIRST = "macs=0.7";
    private static final String SECOND = "macs=0.4";
    private static final String THIRD = "macs=0.2";
    private static final int WINDOWS = 9;
    private static final int GOOD = 80 * WINDOWS;

    @TempDir private Path directory;

    /** The job as an operator has it before him. */
    private static final class Desk {

        private final KafkaFixture kafka;
        private final EspalierConfig config;
        private final RunningJob job;
        private final Published published;
        private final Feed feed;
        private final List<String> expected = new ArrayList<>();
        private int windows;

        Desk(KafkaFixture kafka, EspalierConfig config, RunningJob job, Published published) {
            this.kafka = kafka;
            this.config = config;
            this.job = job;
            this.published = published;
            this.feed = new Feed(kafka, "samples", new Traffic(SEED, WINDOWS, GOOD, 0));
        }

        /** Ends the next window; says what came of it for a budget. */
        String window(String budget) throws Exception {
            feed.sendPart();
            int end = ++windows;
            Await.until("window " + end + " is reported", () -> reports(budget).size() == end);
            DriftReport report = reports(budget).get(end - 1);
            return "%s %s, live %s"
                    .formatted(report.getTrigger(), report.getOutcome(), report.getLiveVersion());
        }

        List<DriftReport> reports(String budget) throws Exception {
            return published.reports().stream()
                    .filter(report -> report.getBudget().equals(budget))
                    .sorted(Comparator.comparingLong(DriftReport::getWindowEnd))
                    .toList();
        }

        /** Sends a command, and remembers how it has to be answered. */
        void send(
                String id,
                ControlAction action,
                @Nullable String budget,
                Map<String, String> arguments,
                boolean accepted)
                throws Exception {
            send(KafkaFixture.MODEL, id, action, budget, arguments);
            expected.add(id + " " + action + " " + accepted);
        }

        void send(
                String model,
                String id,
                ControlAction action,
                @Nullable String budget,
                Map<String, String> arguments)
                throws Exception {
            ControlCommand command =
                    ControlCommand.newBuilder()
                            .setId(id)
                            .setModel(model)
                            .setBudget(budget)
                            .setAction(action)
                            .setArguments(arguments)
                            .build();
            sendBytes(RecordCodec.CONTROL_COMMAND.encode(command));
        }

        long sendBytes(byte[] value) throws Exception {
            return kafka.send(config.kafka().topics().control(), 0, 1, value).get().offset();
        }

        /** Sends a command that is obeyed, and waits for the answer. */
        void command(String id, ControlAction action, Map<String, String> arguments)
                throws Exception {
            send(id, action, null, arguments, true);
            awaitAnswers();
        }

        void awaitAnswers() throws Exception {
            Await.until(
                    "answers to " + expected,
                    () -> published.acknowledgements().size() >= expected.size());
        }

        /** What the store's file says of a budget. */
        String live(String budget) throws Exception {
            return ArtifactStore.open(config.publish().root()).live(KafkaFixture.MODEL).stream()
                    .filter(pointer -> pointer.budget().equals(budget))
                    .map(ControlITCase::text)
                    .findFirst()
                    .orElse("none");
        }

        /** A failure of a task, without more samples. */
        void fail(String operator, String type) throws Exception {
            Feed nothing = new Feed(kafka, "samples", List.of(), List.of());
            System.out.println(
                    "ControlITCase: " + new Fault(operator, type, "").inject(job, nothing));
        }
    }

    private static String text(LivePointer pointer) {
        return pointer.sequence() + ": " + pointer.version();
    }

    @Test
    void eachCommandIsAnsweredOnceAndObeyedOverFailures() throws Exception {
        System.out.printf("ControlITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            EspalierConfig config =
                    kafka.job(
                            "control",
                            "samples",
                            SyntheticJob.settings(
                                    SEED,
                                    Map.of(
                                            "espalier.budgets",
                                            FIRST + "," + SECOND,
                                            "espalier.checkpoint.interval",
                                            "500 ms")));
            try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config));
                    Published published = new Published(config)) {
                operate(new Desk(kafka, config, job, published));
            }
        }
    }

    private static void operate(Desk desk) throws Exception {
        desk.feed.sendPart();
        assertThat(desk.window(FIRST)).isEqualTo("FIRST PROMOTED, live macs0.70-000001");

        desk.command("pause", ControlAction.PAUSE, Map.of());
        assertThat(desk.window(FIRST)).isEqualTo("PAUSED KEPT, live macs0.70-000001");
        desk.fail("decide", DecideFunction.class.getName());
        desk.send("too-early", ControlAction.FORCE, null, Map.of(), false);
        desk.command("resume", ControlAction.RESUME, Map.of());
        desk.send("force", ControlAction.FORCE, FIRST, Map.of(), true);
        desk.awaitAnswers();
        assertThat(desk.window(FIRST)).isEqualTo("FORCED PROMOTED, live macs0.70-000002");
        assertThat(desk.reports(SECOND).get(2).getTrigger()).hasToString("SCHEDULE");

        // Read, and perhaps answered, but in no checkpoint yet: read again after the failure.
        desk.send("back", ControlAction.ROLLBACK, null, version(1), true);
        desk.send("back", ControlAction.ROLLBACK, null, version(1), false);
        desk.send("nowhere", ControlAction.ROLLBACK, null, version(99), false);
        desk.fail("decide", DecideFunction.class.getName());
        desk.awaitAnswers();
        Await.until("rolled back", () -> desk.live(FIRST).equals("3: macs0.70-000001"));

        desk.send("pin", ControlAction.PIN, null, version(2), true);
        byte[] hostile = "not a command at all".getBytes(StandardCharsets.UTF_8);
        final long hostileOffset = desk.sendBytes(hostile);
        desk.send("other", "pause-other", ControlAction.PAUSE, null, Map.of());
        desk.fail("acknowledgements", "org.apache.flink.connector.kafka.sink.");
        desk.awaitAnswers();
        assertThat(desk.window(FIRST)).isEqualTo("SCHEDULE REJECTED, live macs0.70-000002");
        Await.until("pinned", () -> desk.live(FIRST).equals("4: macs0.70-000002"));

        desk.command("unpin", ControlAction.UNPIN, Map.of());
        desk.command(
                "strict",
                ControlAction.SET_THRESHOLDS,
                Map.of("espalier.promotion.min-samples", "100000"));
        desk.send(
                "absurd",
                ControlAction.SET_THRESHOLDS,
                null,
                Map.of("espalier.promotion.min-samples", "several"),
                false);
        desk.send(
                "no-threshold",
                ControlAction.SET_THRESHOLDS,
                null,
                Map.of("espalier.seed", "1"),
                false);
        desk.awaitAnswers();
        assertThat(desk.window(FIRST)).isEqualTo("SCHEDULE REJECTED, live macs0.70-000002");
        assertThat(desk.reports(FIRST).get(4).getReason()).contains("a promotion needs 100000");

        desk.command(
                "lax", ControlAction.SET_THRESHOLDS, Map.of("espalier.promotion.min-samples", "1"));
        desk.send(
                "latency",
                ControlAction.SET_BUDGETS,
                null,
                Map.of("budgets", "latency=0.5"),
                false);
        desk.send("nonsense", ControlAction.SET_BUDGETS, null, Map.of("budgets", "macs=7"), false);
        desk.command("budgets", ControlAction.SET_BUDGETS, Map.of("budgets", FIRST + "," + THIRD));
        desk.send("gone", ControlAction.FORCE, SECOND, Map.of(), false);
        desk.awaitAnswers();
        assertThat(desk.window(FIRST)).isEqualTo("SCHEDULE PROMOTED, live macs0.70-000005");
        assertThat(desk.reports(THIRD))
                .extracting(report -> report.getTrigger() + " " + report.getOutcome())
                .containsExactly("FIRST PROMOTED");
        assertThat(desk.reports(SECOND)).hasSize(5);

        desk.job.awaitCheckpoints(3);
        checkAnswers(desk, hostile, hostileOffset);
        assertThat(desk.live(FIRST)).isEqualTo("5: macs0.70-000005");
        assertThat(desk.live(THIRD)).isEqualTo("1: macs0.20-000001");
        System.out.printf(
                "ControlITCase: %d commands, %d answers, each once; %d restarts, %d windows,"
                        + " 1 dead letter, live %s%n",
                desk.expected.size(),
                desk.published.acknowledgements().size(),
                desk.job.restarts(),
                desk.windows,
                desk.live(FIRST));
    }

    private static Map<String, String> version(int number) {
        return Map.of("version", "macs0.70-%06d".formatted(number));
    }

    private static void checkAnswers(Desk desk, byte[] hostile, long hostileOffset)
            throws Exception {
        List<ControlAcknowledgement> answers = desk.published.acknowledgements();
        assertThat(answers)
                .extracting(a -> a.getCommandId() + " " + a.getAction() + " " + a.getAccepted())
                .containsExactlyElementsOf(desk.expected);
        long obeyed = 0;
        for (ControlAcknowledgement answer : answers) {
            obeyed += answer.getAccepted() ? 1 : 0;
            assertThat(answer.getControlVersion()).as(answer.toString()).isEqualTo(obeyed);
        }
        assertThat(answers)
                .filteredOn(answer -> answer.getAccepted() && isMove(answer))
                .extracting(ControlAcknowledgement::getReason)
                .containsExactly("macs0.70-000001 is live", "macs0.70-000002 is live and pinned");
        assertThat(desk.published.deadLetters())
                .containsExactly(
                        Letter.of(
                                desk.config.kafka().topics().control(),
                                0,
                                hostileOffset,
                                1,
                                "decode",
                                hostile));
        assertThat(desk.reports(FIRST))
                .last()
                .extracting(DriftReport::getControlVersion)
                .isEqualTo(obeyed);
    }

    private static boolean isMove(ControlAcknowledgement answer) {
        return answer.getAction().equals("PIN") || answer.getAction().equals("ROLLBACK");
    }
}
