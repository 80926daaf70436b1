package io.espalier.demo;

import org.apache.flink.configuration.Configuration;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.demo.FinalComparison.Role;
import io.espalier.demo.FinalComparison.Row;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.TextClassifier;
import io.espalier.stream.BoundedRun;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.type.RawRecord;
import io.espalier.testing.TinyBert;
import io.espalier.wire.DriftReport;
import io.espalier.wire.Quality;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The demo's last table against what the job itself reported of the last window. */
class FinalComparisonITCase {

    private static final int WINDOWS = 2;
    private static final double HELD_OUT = 0.25;
    private static final long SEED = 5;
    private static final DriftPlan PLAN =
            new DriftPlan(WINDOWS, 120, Duration.ofMinutes(1), Instant.EPOCH, SEED);
    private static final List<Budget> BUDGETS = Budget.parseAll(List.of("macs=0.5", "params=0.6"));

    /** The job's lengths are means of floats. */
    private static final double SHARE_ROUNDING = 1e-6;

    @TempDir static Path directory;
    private static List<DriftReport> reports;
    private static TextClassifier dense;

    @BeforeAll
    static void runTheJob() throws Exception {
        Path model = TinyBert.write(directory.resolve("tiny"));
        EspalierConfig config = EspalierConfig.from(configuration(model));
        List<RawRecord> records = new ArrayList<>();
        PLAN.samples(glosses(0), glosses(4))
                .forEach(
                        timed ->
                                records.add(
                                        new RawRecord(
                                                RecordCodec.CALIBRATION_SAMPLE.encode(
                                                        timed.sample()),
                                                new Origin(
                                                        "glosses",
                                                        0,
                                                        records.size(),
                                                        timed.eventTime()))));
        reports =
                BoundedRun.of(records, ParentModel.read(config), config, KafkaJob.scorers(config))
                        .reports();
        dense = TextClassifier.load(model, 16);
    }

    @AfterAll
    static void close() {
        dense.close();
    }

    private static Configuration configuration(Path model) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, model.toString());
        configuration.set(EspalierOptions.MODEL_MAX_LENGTH, 16);
        configuration.set(EspalierOptions.BUDGETS, BUDGETS.stream().map(Budget::toString).toList());
        configuration.set(EspalierOptions.WINDOW_SIZE, PLAN.window());
        configuration.set(EspalierOptions.WINDOW_MIN_SAMPLES, 1);
        configuration.set(EspalierOptions.HELD_OUT_SHARE, HELD_OUT);
        configuration.set(EspalierOptions.PUBLISH_ROOT, directory.resolve("store").toString());
        configuration.set(EspalierOptions.TRIGGER_PERIOD, PLAN.window());
        configuration.set(EspalierOptions.TRIGGER_COOL_DOWN, 0);
        configuration.set(EspalierOptions.RETUNE_MARGIN, 0.0);
        configuration.set(EspalierOptions.PARALLELISM, 2);
        configuration.set(EspalierOptions.SEED, SEED);
        return configuration;
    }

    /** Glosses in four of the stored batches. */
    private static List<Gloss> glosses(int from) {
        List<Gloss> glosses = new ArrayList<>();
        for (TinyBert.Batch batch : TinyBert.batches().subList(from, from + 4)) {
            for (int i = 0; i < batch.labels().length; i++) {
                String label = String.valueOf("abc".charAt(batch.labels()[i]));
                glosses.add(new Gloss("g" + from + "-" + glosses.size(), label, batch.text(i)));
            }
        }
        return glosses;
    }

    private static FinalComparison compare(boolean reference, Set<String> tasks)
            throws IOException, InterruptedException {
        LastWindow window =
                new LastWindow(
                        dense,
                        CostModels.counted(dense.description().hidden()),
                        LastWindow.split(
                                PLAN.lastWindow(glosses(0), glosses(4)), HELD_OUT, SEED, dense),
                        ForkJoinPool.commonPool());
        return window.compare(
                BUDGETS,
                reports,
                ArtifactStore.open(directory.resolve("store")),
                reference,
                (task, done, total) -> {
                    if (done == total) {
                        synchronized (tasks) {
                            tasks.add(task);
                        }
                    }
                });
    }

    @Test
    void modelsOfTheJobHaveTheFiguresOfItsLastReports() throws Exception {
        FinalComparison comparison = compare(false, new TreeSet<>());
        assertThat(comparison.remarks()).isEmpty();
        assertThat(comparison.rows()).extracting(Row::role).doesNotContain(Role.REFERENCE);
        for (Budget budget : BUDGETS) {
            DriftReport last = last(budget);
            assertThat(comparison.scored()).isEqualTo(Math.toIntExact(last.getSamples()));
            assertThat(comparison.heldOut()).isEqualTo(Math.toIntExact(last.getHeldOutSamples()));
            assertSame(comparison, budget, Role.DENSE, last.getDense());
            assertSame(comparison, budget, Role.FIRST, last.getFirst());
            assertSame(comparison, budget, Role.CURRENT, last.getPruned());
            assertThat(row(comparison, budget, Role.DENSE).share()).isOne();
            assertThat(row(comparison, budget, Role.CURRENT).share())
                    .isCloseTo(last.getCostAchieved(), within(SHARE_ROUNDING));
        }
    }

    @Test
    void theReferenceIsThereForMacsAndExplainedAwayForTheRest() throws Exception {
        Set<String> tasks = new TreeSet<>();
        FinalComparison comparison = compare(true, tasks);
        Row macs = row(comparison, BUDGETS.get(0), Role.REFERENCE);
        HeldOutQuality quality = Objects.requireNonNull(macs.quality());
        assertThat(quality.samples()).isEqualTo(comparison.heldOut());
        assertThat(quality.divergence()).isPositive();
        assertThat(macs.share()).isBetween(0.3, 0.7);
        Row params = row(comparison, BUDGETS.get(1), Role.REFERENCE);
        assertThat(params.quality()).isNull();
        assertThat(params.share()).isNaN();
        assertThat(comparison.remarks())
                .contains(
                        "params=0.6: no reference profile, for the published method knows macs"
                                + " alone");
        assertThat(tasks).containsExactly("reference macs=0.5", "score for the reference");
    }

    private static DriftReport last(Budget budget) {
        DriftReport last =
                reports.stream()
                        .filter(report -> report.getBudget().equals(budget.toString()))
                        .reduce((earlier, later) -> later)
                        .orElseThrow();
        assertThat(last.getWindowEnd()).isEqualTo(PLAN.end().toEpochMilli());
        return last;
    }

    private static Row row(FinalComparison comparison, Budget budget, Role role) {
        return comparison.rows().stream()
                .filter(row -> row.budget().equals(budget) && row.role() == role)
                .findFirst()
                .orElseThrow();
    }

    private static void assertSame(
            FinalComparison comparison, Budget budget, Role role, Quality reported) {
        HeldOutQuality compared = Objects.requireNonNull(row(comparison, budget, role).quality());
        assertThat(compared.accuracy()).isEqualTo(reported.getAccuracy());
        assertThat(compared.loss()).isEqualTo(reported.getLoss());
        assertThat(compared.agreement()).isEqualTo(reported.getAgreement());
        assertThat(compared.divergence()).isEqualTo(reported.getDivergence());
    }
}
