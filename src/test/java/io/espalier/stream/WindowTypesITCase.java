package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.DrillJob.Sabotage;
import io.espalier.stream.PaneOracle.Window;
import io.espalier.system.SyntheticOracle;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.UpdateKind;
import io.espalier.wire.codec.MaskBits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Windows that share samples, in a job that fails while it holds panes which later windows need.
 */
class WindowTypesITCase {

    private static final long SEED = Long.getLong("seed", 20_261_126);
    private static final int PANES = 6;
    private static final int GOOD = 150 * PANES;
    private static final int CORRUPTED = 10;
    private static final int SIZE = 3;
    private static final int FOR_EVER = Integer.MAX_VALUE;
    private static final List<String> BUDGETS = List.of("macs=0.7", "macs=0.4");

    @TempDir private static Path directory;
    private static KafkaFixture kafka;

    private final Traffic traffic = new Traffic(SEED, PANES, GOOD, CORRUPTED);

    @BeforeAll
    static void startBroker() throws Exception {
        System.out.printf("WindowTypesITCase: -Dseed=%d%n", SEED);
        kafka = KafkaFixture.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @Test
    void aSlidingWindowIsTheSumOfItsPanesAndDecidesOnIt() throws Exception {
        EspalierConfig config = config("sliding", Map.of("espalier.window.size", SIZE + " s"));
        PaneOracle oracle = new PaneOracle(config, traffic.good());
        List<Window> windows = oracle.sliding(SIZE);
        check(outcome(config), windows, oracle, FOR_EVER);
        assertThat(oracle.sliding(1))
                .as("tumbling windows would be others from the second on")
                .doesNotContainAnyElementsOf(windows.subList(1, PANES));
    }

    @Test
    void aRunningWindowForgetsByHalfLivesAndDecidesOnTheRest() throws Exception {
        EspalierConfig config = config("running", Map.of("espalier.window.half-life", "1 s"));
        PaneOracle oracle = new PaneOracle(config, traffic.good());
        List<Window> windows = oracle.running(1);
        check(outcome(config), windows, oracle, 1);
        assertThat(oracle.running(FOR_EVER))
                .as("without forgetting they would be others from the second on")
                .doesNotContainAnyElementsOf(windows.subList(1, PANES));
    }

    private static EspalierConfig config(String type, Map<String, String> own) throws Exception {
        kafka.createInput(type + ".in");
        Map<String, String> settings = new HashMap<>(own);
        settings.put("espalier.window.type", type);
        settings.put("espalier.window.slide", Traffic.WINDOW_MILLIS + " ms");
        settings.put("espalier.budgets", String.join(",", BUDGETS));
        settings.put("espalier.held-out.max-samples", "1024"); // All of them.
        settings.put("espalier.micro-batch.samples", "16");
        return kafka.job(type, type + ".in", SyntheticJob.settings(SEED, settings));
    }

    /** What is published of all the traffic by a job that fails once two windows are decided. */
    private Outcome outcome(EspalierConfig config) throws Exception {
        Feed feed = new Feed(kafka, config.kafka().topics().calibration(), traffic);
        try (DrillJob job = DrillJob.start(config, Sabotage.NONE, null);
                Published published = new Published(config)) {
            feed.sendPart();
            feed.sendPart();
            feed.sendPart();
            Await.until("two windows are decided", () -> published.reports().size() >= 4);
            job.awaitCheckpoints(1);
            job.fail("fold");
            feed.sendRest();
            Outcome outcome =
                    Outcome.await(config, PANES * BUDGETS.size(), CORRUPTED, job::awaitCheckpoints);
            outcome.checkModels();
            assertThat(outcome.letters())
                    .containsExactlyInAnyOrderElementsOf(feed.expectedLetters());
            return outcome;
        }
    }

    private static void check(
            Outcome outcome, List<Window> windows, PaneOracle oracle, int panesOfHalfLife) {
        Path model = outcome.config().model().directory();
        for (String budget : BUDGETS) {
            List<DriftReport> reports =
                    outcome.reports().stream().filter(r -> r.getBudget().equals(budget)).toList();
            List<MaskUpdate> masks =
                    outcome.masks().stream().filter(m -> m.getBudget().equals(budget)).toList();
            assertThat(masks).hasSameSizeAs(reports);
            List<List<Integer>> live = List.of();
            for (int i = 0; i < windows.size(); i++) {
                Window window = windows.get(i);
                assertThat(published(reports.get(i), masks.get(i))).isEqualTo(window);
                List<SublayerStatistics> statistics =
                        oracle.statistics(window.start(), window.end(), panesOfHalfLife);
                live =
                        reports.get(i).getUpdate() == UpdateKind.RE_TUNE
                                ? live
                                : SyntheticOracle.best(model, statistics, budget);
                assertThat(kept(masks.get(i))).as("kept by %s", masks.get(i)).isEqualTo(live);
            }
            assertThat(reports).hasSameSizeAs(windows);
        }
        System.out.printf(
                "WindowTypesITCase: %s, %d windows x %d budgets, %s effective samples: statistics"
                        + " bit-equal, decisions the oracle's%n",
                outcome.config().window().type(),
                windows.size(),
                BUDGETS.size(),
                windows.stream().map(window -> "%.1f".formatted(window.effective())).toList());
    }

    private static Window published(DriftReport report, MaskUpdate mask) {
        assertThat(mask.getDecisionId()).isEqualTo(report.getDecisionId());
        assertThat(mask.getSamples()).isEqualTo(report.getSamples());
        return new Window(
                report.getWindowStart(),
                report.getWindowEnd(),
                report.getSamples(),
                report.getEffectiveSamples(),
                report.getHeldOutSamples(),
                Objects.requireNonNull(mask.getStatisticsDigest()));
    }

    private static List<List<Integer>> kept(MaskUpdate mask) {
        return mask.getSublayers().stream()
                .map(sublayer -> Arrays.stream(MaskBits.kept(sublayer)).boxed().toList())
                .toList();
    }
}
