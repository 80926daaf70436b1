package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.Traffic.Item;
import io.espalier.stream.label.LabelJoinFunction;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import io.espalier.wire.DriftReport;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Labels that come on a topic of their own: those in time count as if their samples had brought
 * them, those too late as if there were none; both kinds of samples are counted and, where the loss
 * needs the label, kept apart.
 */
class LabelsITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 4;
    private static final int GOOD = 100 * WINDOWS;
    private static final int MIN_SAMPLES = 8;
    private static final int DELAY = 1000;
    private static final int AFTER = 300; // Event time from a sample to its label.
    private static final String TOPIC = "labels";

    @TempDir private Path directory;

    /** How a sample gets its label. */
    private enum Fate {
        OWN,
        IN_TIME,
        NEVER;

        boolean isLabelled() {
            return this != NEVER;
        }
    }

    /** In the last window, too few samples for a decision get one. */
    private static Fate fate(Item item, long lastWindow) {
        int number = Integer.parseInt(item.sample().getId().substring(1));
        if (item.windowEnd() == lastWindow) {
            return number % 50 == 0 ? Fate.IN_TIME : Fate.NEVER;
        }
        return Fate.values()[number % 3];
    }

    /** The traffic of a test, and what is to come of it. */
    private record Plan(List<Item> items, List<Item> tails, long lastWindow) {

        static Plan draw() {
            Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, 0);
            List<Item> good = traffic.good();
            long last = good.stream().mapToLong(Item::windowEnd).max().orElseThrow();
            return new Plan(good, traffic.tails(), last);
        }

        Fate fate(Item item) {
            return LabelsITCase.fate(item, lastWindow);
        }

        /** As they are sent: without a label unless they bring it. */
        List<Item> sent() {
            return items.stream()
                    .map(item -> fate(item) == Fate.OWN ? item : item.unlabelled())
                    .toList();
        }

        /** Samples of a window that judge, or that are scored. */
        List<Item> of(long window, boolean judges, EspalierConfig config) {
            HeldOutShare share = new HeldOutShare(config.heldOut().share(), ~config.seed());
            return items.stream()
                    .filter(item -> item.windowEnd() == window)
                    .filter(item -> share.contains(item.sample().getId()) == judges)
                    .toList();
        }

        long labelled(List<Item> some) {
            return some.stream().filter(item -> fate(item).isLabelled()).count();
        }
    }

    @Test
    void labelsInTimeCountAndOthersDoNot() throws Exception {
        System.out.printf("LabelsITCase: -Dseed=%d%n", SEED);
        Plan plan = Plan.draw();
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            kafka.createInput(TOPIC);
            Feed feed = new Feed(kafka, "samples", List.of(plan.sent()), plan.tails());
            Outcome supervised = run(kafka, "supervised", plan, feed);
            Outcome free = run(kafka, "label-free", plan, feed);
            for (Outcome outcome : List.of(supervised, free)) {
                for (DriftReport report : outcome.reports()) {
                    checkShares(report, plan, outcome.config());
                }
            }
            checkKinds(supervised, plan, true);
            checkKinds(free, plan, false);
        }
    }

    /** The first run feeds the topics and fails in between; both read all. */
    private static Outcome run(KafkaFixture kafka, String loss, Plan plan, Feed feed)
            throws Exception {
        EspalierConfig config =
                kafka.job(
                        loss,
                        "samples",
                        SyntheticJob.settings(
                                SEED,
                                Map.of(
                                        "espalier.kafka.topic.labels",
                                        TOPIC,
                                        "espalier.labels.max-delay",
                                        DELAY + " ms",
                                        "espalier.loss",
                                        loss,
                                        "espalier.window.min-samples",
                                        "" + MIN_SAMPLES)));
        List<Letter> letters = new ArrayList<>();
        try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config))) {
            if (loss.equals("supervised")) {
                feed.sendPart();
                job.awaitCheckpoints(1); // Or there is nothing to recover from.
                Fault fault = new Fault("labels", LabelJoinFunction.class.getName(), "");
                Feed nothing = new Feed(kafka, "samples", List.of(), List.of());
                System.out.println("LabelsITCase: " + fault.inject(job, nothing));
                sendLabels(kafka, plan);
                feed.sendRest();
            }
            letters.add(letter(0, "decode", hostile()));
            letters.add(letter(1, "validate", RecordCodec.LABEL_UPDATE.encode(unknownClass())));
            Outcome outcome = Outcome.await(config, WINDOWS, letters.size(), job::awaitCheckpoints);
            assertThat(outcome.letters()).containsExactlyInAnyOrderElementsOf(letters);
            assertThat(outcome.reports()).hasSize(WINDOWS);
            return outcome;
        }
    }

    private static byte[] hostile() {
        return "no label".getBytes(StandardCharsets.UTF_8);
    }

    private static LabelUpdate unknownClass() {
        return new LabelUpdate("s1", "z");
    }

    private static Letter letter(long offset, String stage, byte[] value) {
        return Letter.of(TOPIC, 0, offset, 1, stage, value);
    }

    /** Two that are refused, those in the order of their time, and one long after the last. */
    private static void sendLabels(KafkaFixture kafka, Plan plan) throws Exception {
        kafka.send(TOPIC, 0, 1, hostile()).get();
        kafka.send(TOPIC, 0, 1, RecordCodec.LABEL_UPDATE.encode(unknownClass())).get();
        List<Item> late =
                plan.items().stream()
                        .filter(item -> plan.fate(item) == Fate.IN_TIME)
                        .sorted(Comparator.comparingLong(Item::timestamp))
                        .toList();
        for (Item item : late) {
            LabelUpdate label =
                    new LabelUpdate(
                            item.sample().getId(),
                            Objects.requireNonNull(item.sample().getLabel()));
            kafka.send(
                            TOPIC,
                            item.partition(),
                            item.timestamp() + AFTER,
                            RecordCodec.LABEL_UPDATE.encode(label))
                    .get();
        }
        long end = plan.tails().get(0).timestamp() + 2 * DELAY;
        for (Item item : plan.items()) {
            if (plan.fate(item) == Fate.NEVER) { // Too late by far.
                LabelUpdate label = new LabelUpdate(item.sample().getId(), "a");
                kafka.send(TOPIC, item.partition(), end, RecordCodec.LABEL_UPDATE.encode(label))
                        .get();
            }
        }
    }

    private static void checkShares(DriftReport report, Plan plan, EspalierConfig config) {
        List<Item> scored = plan.of(report.getWindowEnd(), false, config);
        List<Item> judges = plan.of(report.getWindowEnd(), true, config);
        assertThat(report.getLabelledSamples()).isEqualTo(plan.labelled(scored));
        assertThat(report.getUnlabelledSamples()).isEqualTo(scored.size() - plan.labelled(scored));
        assertThat(report.getHeldOutSamples()).isEqualTo(judges.size());
        assertThat(Objects.requireNonNull(report.getDense()).getLabelled())
                .isEqualTo(plan.labelled(judges));
    }

    /** Which samples each decision rests on, told by the digest of their statistics. */
    private static void checkKinds(Outcome outcome, Plan plan, boolean supervised)
            throws Exception {
        assertThat(outcome.masks()).hasSize(WINDOWS);
        for (MaskUpdate mask : outcome.masks()) {
            List<Item> scored = plan.of(mask.getWindowEnd(), false, outcome.config());
            boolean byLabel = supervised && plan.labelled(scored) >= MIN_SAMPLES;
            LossKind loss = byLabel ? LossKind.SUPERVISED : LossKind.TRUE_FISHER;
            List<String> ids =
                    scored.stream()
                            .filter(item -> !supervised || plan.fate(item).isLabelled() == byLabel)
                            .map(item -> item.sample().getId())
                            .toList();
            assertThat(mask.getSamples()).isEqualTo(ids.size());
            assertThat(mask.getStatisticsDigest()).isEqualTo(digest(ids, loss, outcome.config()));
            assertThat(outcome.reports())
                    .filteredOn(report -> report.getWindowEnd() == mask.getWindowEnd())
                    .extracting(DriftReport::getLoss)
                    .containsExactly(loss.label());
            System.out.printf(
                    "LabelsITCase: %-10s window %d decides on %d of %d scored samples by %s%n",
                    outcome.config().loss().label(),
                    mask.getWindowEnd(),
                    ids.size(),
                    scored.size(),
                    loss.label());
        }
        // The last window has labels, but too few of them.
        assertThat(plan.labelled(plan.of(plan.lastWindow(), false, outcome.config())))
                .isBetween(1L, MIN_SAMPLES - 1L);
    }

    private static String digest(List<String> ids, LossKind loss, EspalierConfig config)
            throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (SublayerStatistics sublayer :
                SyntheticScorer.statisticsOf(
                        TinyBert.sublayers(),
                        loss,
                        config.statistics().gradientRows(),
                        config.seed(),
                        ids)) {
            digest.update(sublayer.snapshot().digest());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
