package io.espalier.stream;

import org.apache.flink.api.common.JobStatus;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.WindowOracle.Counts;
import io.espalier.stream.WindowOracle.Statistics;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.testing.SyntheticScorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** A thousand corrupted records among nine thousand good ones, on a real topic. */
class DeadLetterITCase {

    private static final long SEED = Long.getLong("seed", 20_261_101);
    private static final int WINDOWS = 5;
    private static final int GOOD = 9_000;
    private static final int CORRUPTED = 1_000;

    @TempDir private Path directory;

    @Test
    void aThousandCorruptedRecordsBecomeThatManyDeadLettersAndStopNothing() throws Exception {
        System.out.printf("DeadLetterITCase: -Dseed=%d%n", SEED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            EspalierConfig config =
                    kafka.job(
                            "dead",
                            "samples",
                            Map.of(
                                    "espalier.window.max-out-of-orderness",
                                    Traffic.OUT_OF_ORDER_MILLIS + " ms",
                                    "espalier.source.max-sample-size",
                                    Corruption.MAX_BYTES + " b",
                                    "espalier.seed",
                                    Long.toString(SEED)));
            Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, CORRUPTED);
            Feed feed = new Feed(kafka, "samples", traffic);
            try (RunningJob job = RunningJob.start(config, synthetic(config));
                    Published published = new Published(config)) {
                feed.sendRest();
                Await.until("all windows are decided", () -> published.reports().size() >= WINDOWS);
                job.awaitCheckpoints(2); // What comes twice, or too late, has come then.
                check(job, published, new WindowOracle(config, traffic.good()), feed);
            }
        }
    }

    private static void check(RunningJob job, Published published, WindowOracle oracle, Feed feed)
            throws Exception {
        List<Letter> letters = published.deadLetters();
        assertThat(letters).containsExactlyInAnyOrderElementsOf(feed.expectedLetters());

        List<Counts> counts = published.reports().stream().map(Counts::of).toList();
        assertThat(counts).isEqualTo(oracle.counts());
        assertThat(published.masks().stream().map(Statistics::of).toList())
                .isEqualTo(oracle.statistics());
        long accepted = counts.stream().mapToLong(each -> each.scored() + each.heldOut()).sum();
        assertThat(accepted + letters.size()).isEqualTo(GOOD + CORRUPTED);

        assertThat(job.isRunning()).isTrue();
        assertThat(job.failures()).isEmpty();
        assertThat(job.restarts()).isZero();
        assertThat(job.checkpoints().getNumberOfRestoredCheckpoints()).isZero();
        assertThat(job.graph().getStatusTimestamp(JobStatus.RESTARTING)).isZero();
        System.out.printf(
                "DeadLetterITCase: %d accepted in %d windows, %d dead letters %s, 0 restarts%n",
                accepted,
                counts.size(),
                letters.size(),
                letters.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Letter::stage, TreeMap::new, Collectors.counting())));
    }

    private static ScorerFactory synthetic(EspalierConfig config) {
        int rows = config.statistics().gradientRows();
        long seed = config.seed();
        return (model, loss) -> new SyntheticScorer(model.description().sublayers(), rows, seed);
    }
}
