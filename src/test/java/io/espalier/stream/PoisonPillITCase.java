package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.Traffic.Item;
import io.espalier.stream.WindowOracle.Counts;
import io.espalier.stream.WindowOracle.Statistics;
import io.espalier.system.Traces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten thousand corrupted records among ninety thousand good ones: they become that many dead
 * letters, stop nothing, and what is decided is what a run over the good ones alone decides.
 */
class PoisonPillITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 5;
    private static final int GOOD = 90_000;
    private static final int POISON = 10_000;

    @TempDir private Path directory;

    @Test
    void poisonChangesNothingButTheDeadLetters() throws Exception {
        System.out.printf("PoisonPillITCase: -Dseed=%d%n", SEED);
        Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, POISON);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            Outcome poisoned = run(kafka, "poisoned", traffic, traffic.parts());
            Outcome clean = run(kafka, "clean", traffic, goodOnly(traffic));

            assertThat(clean.letters()).isEmpty();
            assertThat(poisoned.masks()).isEqualTo(clean.masks());
            assertThat(poisoned.reports()).isEqualTo(clean.reports());
            assertThat(PublishedBytes.of(poisoned).withoutOffsets())
                    .isEqualTo(PublishedBytes.of(clean).withoutOffsets());
            System.out.printf(
                    "PoisonPillITCase: %d good, %d poison, %d dead letters %s, 0 restarts, %d masks"
                            + " and manifests (but for offsets) equal to the good-only run's byte for byte%n",
                    GOOD,
                    POISON,
                    poisoned.letters().size(),
                    poisoned.letters().stream()
                            .collect(
                                    Collectors.groupingBy(
                                            Letter::stage, TreeMap::new, Collectors.counting())),
                    poisoned.masks().size());
        }
    }

    private static Outcome run(
            KafkaFixture kafka, String name, Traffic traffic, List<List<Item>> parts)
            throws Exception {
        kafka.createInput(name + ".in");
        EspalierConfig config =
                kafka.job(name, name + ".in", SyntheticJob.settings(SEED, Map.of()));
        Feed feed = new Feed(kafka, name + ".in", parts, traffic.tails());
        try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config))) {
            feed.sendRest();
            List<Letter> expected = feed.expectedLetters();
            Outcome outcome =
                    Outcome.await(config, WINDOWS, expected.size(), job::awaitCheckpoints);
            assertThat(outcome.letters()).containsExactlyInAnyOrderElementsOf(expected);
            WindowOracle oracle = new WindowOracle(config, traffic.good());
            assertThat(outcome.masks().stream().map(Statistics::of).toList())
                    .isEqualTo(oracle.statistics());
            assertThat(
                            outcome.reports().stream()
                                    .map(report -> Counts.of(report).scored())
                                    .toList())
                    .isEqualTo(oracle.counts().stream().map(Counts::scored).toList());
            assertThat(Traces.violations(feed, outcome)).isEmpty();
            assertThat(job.failures()).isEmpty();
            assertThat(job.restarts()).isZero();
            assertThat(job.checkpoints().getNumberOfRestoredCheckpoints()).isZero();
            return outcome;
        }
    }

    private static List<List<Item>> goodOnly(Traffic traffic) {
        return traffic.parts().stream()
                .map(part -> part.stream().filter(item -> item.refusedAt() == null).toList())
                .toList();
    }
}
