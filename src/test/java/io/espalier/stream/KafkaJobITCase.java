package io.espalier.stream;

import org.apache.kafka.clients.producer.RecordMetadata;

import io.espalier.artifact.ManifestVerifier;
import io.espalier.config.EspalierConfig;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.UnitKind;
import io.espalier.wire.codec.MaskBits;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The job as it runs in production, with real gradients of a tiny model, from topic to topics. */
class KafkaJobITCase {

    private static final long SEED = Long.getLong("seed", 20_261_101);
    private static final long START = 1_750_000_000_000L;
    private static final long WINDOW = Traffic.WINDOW_MILLIS;
    private static final List<Double> BUDGETS = List.of(0.7, 0.4);
    private static final int DECIDED_WINDOWS = 3;
    private static final int SAMPLES = 120;
    private static final int STARVED_SAMPLES = 9;
    private static final int MIN_SAMPLES = 32;
    private static final double ROUNDING = 1e-12; // Of a sum of a few hundred doubles near 1.

    private final List<List<CalibrationSample>> windows = windows();

    @TempDir private Path directory;

    @Test
    void eachWindowYieldsOneMaskOneModelAndOneReportOfEachBudget() throws Exception {
        System.out.printf("KafkaJobITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            EspalierConfig config = config(kafka);
            try (RunningJob job = RunningJob.start(config, KafkaJob.scorers(config));
                    Published published = new Published(config)) {
                sendWindows(kafka);
                int reports = (DECIDED_WINDOWS + 1) * BUDGETS.size();
                Await.until(
                        "every window is reported", () -> published.reports().size() >= reports);
                Letter late = sendLate(kafka);
                Await.until("the late sample is refused", () -> !published.deadLetters().isEmpty());
                job.awaitCheckpoints(2); // What comes twice has come then.

                assertThat(published.deadLetters()).containsExactly(late);
                checkKeys(published);
                Judge judge = new Judge(config, published);
                for (MaskUpdate mask : published.masks()) {
                    checkBudget(mask, config);
                    judge.check(mask);
                }
                for (DriftReport report : published.reports()) {
                    checkStarved(report, config);
                }
                assertThat(job.failures()).isEmpty();
                assertThat(job.restarts()).isZero();
                System.out.printf(
                        "KafkaJobITCase: %d masks, %d models, %d reports, 1 late sample%n",
                        published.masks().size(),
                        published.models().size(),
                        published.reports().size());
            }
        }
    }

    private static EspalierConfig config(KafkaFixture kafka) throws Exception {
        return kafka.job(
                "real",
                "samples",
                Map.of(
                        "espalier.budgets",
                        BUDGETS.stream().map(b -> "macs=" + b).collect(Collectors.joining(",")),
                        "espalier.window.max-out-of-orderness",
                        "0 s",
                        "espalier.window.min-samples",
                        "" + MIN_SAMPLES,
                        "espalier.held-out.share",
                        "0.25",
                        "espalier.seed",
                        "" + SEED));
    }

    private static List<List<CalibrationSample>> windows() {
        List<CalibrationSample> all = new ArrayList<>();
        for (TinyBert.Batch batch : TinyBert.batches()) {
            for (int i = 0; i < batch.labels().length; i++) {
                all.add(
                        CalibrationSample.newBuilder()
                                .setId("sample-" + all.size())
                                .setText(batch.text(i))
                                .setLabel("" + batch.labels()[i])
                                .build());
            }
        }
        List<List<CalibrationSample>> windows = new ArrayList<>();
        int from = Math.floorMod(SEED, all.size());
        for (int w = 0; w <= DECIDED_WINDOWS; w++) {
            List<CalibrationSample> window = new ArrayList<>();
            for (int i = 0; i < (w < DECIDED_WINDOWS ? SAMPLES : STARVED_SAMPLES); i++) {
                CalibrationSample text = all.get((from + w * SAMPLES + i) % all.size());
                window.add(
                        CalibrationSample.newBuilder(text).setId(text.getId() + "-" + w).build());
            }
            windows.add(window);
        }
        return windows;
    }

    private static long end(int window) {
        return START + (window + 1) * WINDOW;
    }

    private void sendWindows(KafkaFixture kafka) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int w = 0; w < windows.size(); w++) {
            List<CalibrationSample> samples = windows.get(w);
            for (int i = 0; i < samples.size(); i++) {
                int partition = i % KafkaFixture.PARTITIONS;
                long time = START + w * WINDOW + i;
                sent.add(kafka.send("samples", partition, time, encode(samples.get(i))));
            }
        }
        for (int partition = 0; partition < KafkaFixture.PARTITIONS; partition++) {
            CalibrationSample tail =
                    CalibrationSample.newBuilder(windows.get(0).get(0))
                            .setId("tail-" + partition)
                            .build();
            sent.add(kafka.send("samples", partition, end(DECIDED_WINDOWS + 5), encode(tail)));
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    /** Called when its window has long been decided. */
    private Letter sendLate(KafkaFixture kafka) throws Exception {
        byte[] value =
                encode(CalibrationSample.newBuilder(windows.get(0).get(0)).setId("late").build());
        long time = START + 1;
        RecordMetadata place = kafka.send("samples", 0, time, value).get();
        return Letter.of("samples", 0, place.offset(), time, "late", value);
    }

    private static byte[] encode(CalibrationSample sample) {
        return RecordCodec.CALIBRATION_SAMPLE.encode(sample);
    }

    private static void checkKeys(Published published) throws Exception {
        List<String> decided = new ArrayList<>();
        List<String> reported = new ArrayList<>();
        for (double budget : BUDGETS) {
            for (int w = 0; w < DECIDED_WINDOWS; w++) {
                decided.add(end(w) + " macs=" + budget);
            }
            reported.add(end(DECIDED_WINDOWS) + " macs=" + budget);
        }
        reported.addAll(decided);
        assertThat(published.masks())
                .extracting(mask -> mask.getWindowEnd() + " " + mask.getBudget())
                .containsExactlyInAnyOrderElementsOf(decided);
        assertThat(published.models())
                .extracting(model -> model.getWindowEnd() + " " + model.getBudget())
                .containsExactlyInAnyOrderElementsOf(decided);
        assertThat(published.reports())
                .extracting(report -> report.getWindowEnd() + " " + report.getBudget())
                .containsExactlyInAnyOrderElementsOf(reported);
    }

    private List<CalibrationSample> samples(long windowEnd, EspalierConfig config, boolean judges) {
        HeldOutShare heldOut = new HeldOutShare(config.heldOut().share(), ~config.seed());
        return windows.get((int) ((windowEnd - START) / WINDOW) - 1).stream()
                .filter(sample -> heldOut.contains(sample.getId()) == judges)
                .toList();
    }

    /** MACs from the published bitmap, by the formula of the paper on the lengths of the texts. */
    private void checkBudget(MaskUpdate mask, EspalierConfig config) {
        double length = 0;
        double squared = 0;
        List<CalibrationSample> scored = samples(mask.getWindowEnd(), config, false);
        for (CalibrationSample sample : scored) {
            int tokens = 1 + sample.getText().split(" ", -1).length;
            length += (double) tokens / scored.size();
            squared += (double) tokens * tokens / scored.size();
        }
        double head = (4 * length * TinyBert.HIDDEN + 2 * squared) * TinyBert.HEAD_SIZE;
        double neuron = 2 * length * TinyBert.HIDDEN;
        double kept = 0;
        for (SublayerMask sublayer : mask.getSublayers()) {
            kept +=
                    MaskBits.kept(sublayer).length
                            * (sublayer.getKind() == UnitKind.HEAD ? head : neuron);
        }
        double dense = TinyBert.LAYERS * (TinyBert.HEADS * head + TinyBert.NEURONS * neuron);
        assertThat(kept / dense).isCloseTo(mask.getCostAchieved(), within(ROUNDING));
        assertThat(kept / dense).isLessThanOrEqualTo(mask.getCostTarget() + ROUNDING);
        assertThat("macs=" + mask.getCostTarget()).isEqualTo(mask.getBudget());
        assertThat(mask.getSamples()).isEqualTo(scored.size());
    }

    private void checkStarved(DriftReport report, EspalierConfig config) {
        boolean starved = report.getWindowEnd() == end(DECIDED_WINDOWS);
        assertThat(report.getOutcome())
                .isEqualTo(starved ? DriftOutcome.STARVED : DriftOutcome.PROMOTED);
        assertThat(report.getSamples())
                .isEqualTo(samples(report.getWindowEnd(), config, false).size());
        if (starved) {
            assertThat(report.getVersion()).isNull();
            assertThat(report.getReason()).contains(report.getSamples() + " ", " " + MIN_SAMPLES);
        } else {
            assertThat(report.getLiveVersion()).isEqualTo(report.getVersion());
        }
    }

    /** Loads what was published as a user would, and compares it with what is said of it. */
    private final class Judge {

        private final EspalierConfig config;
        private final Map<String, PrunedModelAnnouncement> models = new HashMap<>();
        private final Map<String, DriftReport> reports = new HashMap<>();

        Judge(EspalierConfig config, Published published) throws Exception {
            this.config = config;
            published.models().forEach(model -> models.put(model.getDecisionId(), model));
            published.reports().forEach(report -> reports.put(report.getDecisionId(), report));
        }

        void check(MaskUpdate mask) throws Exception {
            var model = Objects.requireNonNull(models.get(mask.getDecisionId()));
            var report = Objects.requireNonNull(reports.get(mask.getDecisionId()));
            assertThat(List.of(model.getVersion(), report.getVersion()))
                    .containsOnly(mask.getVersion());
            Path published = config.publish().root().resolve(model.getLocation());
            ManifestVerifier.verify(published, model.getManifestDigest());
            List<CalibrationSample> judges = samples(mask.getWindowEnd(), config, true);
            assertThat(report.getHeldOutSamples()).isEqualTo(judges.size());
            try (TextClassifier slim = TextClassifier.load(published.resolve("slim"))) {
                assertThat(slim.description().kept())
                        .extracting(Arrays::toString)
                        .isEqualTo(
                                mask.getSublayers().stream()
                                        .map(MaskBits::kept)
                                        .map(Arrays::toString)
                                        .toList());
                assertThat(report.getPruned().getAccuracy()).isEqualTo(accuracy(slim, judges));
            }
            try (TextClassifier dense = TextClassifier.load(config.model().directory())) {
                assertThat(report.getDense().getAccuracy()).isEqualTo(accuracy(dense, judges));
            }
        }

        private static double accuracy(TextClassifier model, List<CalibrationSample> samples) {
            List<Encoding> encodings =
                    samples.stream().map(sample -> model.encode(sample.getText(), null)).toList();
            float[][] logits = model.logits(encodings);
            int right = 0;
            for (int i = 0; i < logits.length; i++) {
                int best = 0;
                for (int c = 1; c < TinyBert.LABELS; c++) {
                    best = logits[i][c] > logits[i][best] ? c : best;
                }
                right += best == Integer.parseInt(samples.get(i).getLabel()) ? 1 : 0;
            }
            return (double) right / logits.length;
        }
    }
}
