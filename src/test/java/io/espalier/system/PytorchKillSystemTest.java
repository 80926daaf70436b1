package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.Outcome;
import io.espalier.stream.WindowOracle;
import io.espalier.stream.WindowOracle.Counts;
import io.espalier.system.SystemCluster.Shape;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TaskManagers are killed while windows are decided on real gradients of the tiny model. Counts and
 * masks equal an uninterrupted run's, sums of the Fisher diagonals to a millionth; whatever else
 * was published differs by no more than the order of summation can make it.
 */
class PytorchKillSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_126);
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int TASK_MANAGERS = 2;
    private static final int LATEST_BLOW_MILLIS = 1500;

    /** Of the statistics themselves. */
    private static final double STATISTICS_TOLERANCE = 1e-6;

    /**
     * Sums of the Fisher diagonals, which every sample's gradient is in. Heads and neurons are
     * records of one type, so this is the larger of both.
     */
    private static final String STATISTICS = "DriftOfKind.fisher_trace";

    /**
     * Of what is computed from the sums: float sums differ in their last bits with the grouping,
     * and the repair solves systems of a condition of some thousands with them.
     */
    private static final double TOLERANCE = 1e-3;

    @Test
    void killsChangeNothingButTheLastBitsOfRealGradients() throws Exception {
        Random random = new Random(SEED);
        try (SystemCluster cluster =
                SystemCluster.start(getClass(), SEED, Shape.of(TASK_MANAGERS))) {
            KillRun run = new KillRun(getClass(), cluster, SEED, TASK_MANAGERS, KILLS + 2);
            EspalierConfig config = cluster.config("kills", SEED, TASK_MANAGERS);
            ClusterJob job = cluster.submit(config, KafkaJob.scorers(config), null);
            run.begin(job);
            for (int i = 0; i < KILLS; i++) {
                String victim = LoopbackCluster.taskManager(1 + random.nextInt(TASK_MANAGERS));
                run.strike(
                        job,
                        new Kill(victim, Duration.ofMillis(random.nextInt(LATEST_BLOW_MILLIS))));
            }
            Outcome killed = run.outcome(job, config);
            job.stop(cluster.directory().resolve("savepoints"));

            EspalierConfig calm = cluster.config("calm", SEED, TASK_MANAGERS);
            Outcome expected =
                    run.outcome(cluster.submit(calm, KafkaJob.scorers(calm), null), calm);
            WindowOracle oracle = new WindowOracle(config, run.good());
            for (Outcome outcome : List.of(expected, killed)) {
                for (String budget : SystemCluster.BUDGETS) {
                    assertThat(outcome.reports())
                            .filteredOn(report -> report.getBudget().equals(budget))
                            .extracting(Counts::of)
                            .isEqualTo(oracle.counts());
                }
                run.checkLetters(outcome);
                outcome.checkModels();
            }
            compare(expected, killed);
            run.printKills();
        }
    }

    private static void compare(Outcome expected, Outcome killed) throws Exception {
        int equalBits = 0;
        assertThat(killed.masks()).hasSameSizeAs(expected.masks());
        for (int i = 0; i < expected.masks().size(); i++) {
            MaskUpdate mask = killed.masks().get(i);
            String digest = expected.masks().get(i).getStatisticsDigest();
            equalBits += mask.getStatisticsDigest().equals(digest) ? 1 : 0;
            assertThat(MaskUpdate.newBuilder(mask).setStatisticsDigest(digest).build())
                    .isEqualTo(expected.masks().get(i));
        }
        RelativeDifference reports = new RelativeDifference();
        assertThat(killed.reports()).hasSameSizeAs(expected.reports());
        for (int i = 0; i < expected.reports().size(); i++) {
            DriftReport report = killed.reports().get(i);
            reports.addRecords(expected.reports().get(i), report);
        }
        RelativeDifference weights = new RelativeDifference();
        List<String> locations = new ArrayList<>();
        for (PrunedModelAnnouncement model : expected.models()) {
            locations.add(model.getLocation());
            weights.addModels(
                    expected.config().publish().root().resolve(model.getLocation()),
                    killed.config().publish().root().resolve(model.getLocation()));
        }
        assertThat(killed.models())
                .extracting(PrunedModelAnnouncement::getLocation)
                .isEqualTo(locations);
        System.out.printf(
                "PytorchKillSystemTest: counts and masks equal; statistics of %d of %d decisions"
                        + " bit-equal; largest relative difference of Fisher traces %.1e, of"
                        + " repaired weights %.1e, of all reported figures %.1e (%s)%n",
                equalBits,
                expected.masks().size(),
                reports.largest(STATISTICS),
                weights.largest(),
                reports.largest(),
                reports.byField());
        assertThat(reports.largest(STATISTICS)).isLessThanOrEqualTo(STATISTICS_TOLERANCE);
        assertThat(weights.largest()).isLessThanOrEqualTo(TOLERANCE);
        assertThat(reports.largest()).isLessThanOrEqualTo(TOLERANCE);
    }
}
