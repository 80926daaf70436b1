package io.espalier.stream;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Draft;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.stream.decode.DecodeFunction;
import io.espalier.stream.fold.FoldFunction;
import io.espalier.stream.score.ScoreOperator;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.testing.SyntheticScorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The task of each operator fails in turn while windows are decided. What is published must be what
 * an uninterrupted run over the same topic publishes, and what the oracle computes.
 */
class FaultInjectionITCase {

    private static final long SEED = Long.getLong("seed", 20_261_101);
    private static final List<String> BUDGETS = List.of("macs=0.7", "macs=0.4");
    private static final String KAFKA_SINK = "org.apache.flink.connector.kafka.sink.";

    private static final List<Fault> FAULTS =
            List.of(
                    new Fault("decode", DecodeFunction.class.getName(), ""),
                    new Fault("score", ScoreOperator.class.getName(), "score"),
                    new Fault("score", ScoreOperator.class.getName(), "processWatermark"),
                    new Fault("fold", FoldFunction.class.getName(), "processElement"),
                    new Fault("fold", FoldFunction.class.getName(), "onTimer"),
                    new Fault("decide", DecideFunction.class.getName(), ""),
                    new Fault("decide", DecideFunction.class.getName(), "onTimer"),
                    new Fault("decide", Draft.class.getName(), "complete"),
                    new Fault("publish", ArtifactStore.class.getName(), "commit"),
                    new Fault("masks", KAFKA_SINK, ""),
                    new Fault("models", KAFKA_SINK, ""),
                    new Fault("drift", KAFKA_SINK, ""),
                    new Fault("dead-letters", KAFKA_SINK, ""));

    private static final int WINDOWS = 2 * FAULTS.size() + 2;
    private static final int GOOD = 200 * WINDOWS;
    private static final int CORRUPTED = 10 * WINDOWS;

    @TempDir private Path directory;

    @Test
    void aFailureOfEachTaskLosesAndDoublesNothing() throws Exception {
        System.out.printf("FaultInjectionITCase: -Dseed=%d%n", SEED);
        Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, CORRUPTED);
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            Feed feed = new Feed(kafka, "samples", traffic);
            EspalierConfig faulty = config(kafka, "faulty");
            Outcome interrupted;
            try (RunningJob job = RunningJob.start(faulty, synthetic(faulty))) {
                feed.sendPart();
                job.awaitCheckpoints(1);
                for (Fault fault : FAULTS) {
                    System.out.println("FaultInjectionITCase: " + fault.inject(job, feed));
                }
                assertThat(job.restarts()).isGreaterThanOrEqualTo(FAULTS.size());
                feed.sendRest();
                interrupted = outcome(job, faulty);
            }
            EspalierConfig calm = config(kafka, "calm");
            Outcome uninterrupted;
            try (RunningJob job = RunningJob.start(calm, synthetic(calm))) {
                uninterrupted = outcome(job, calm);
                assertThat(job.failures()).isEmpty();
                assertThat(job.restarts()).isZero();
            }
            WindowOracle oracle = new WindowOracle(calm, traffic.good());
            for (Outcome outcome : List.of(uninterrupted, interrupted)) {
                outcome.checkDecisions(BUDGETS, oracle);
                outcome.checkModels();
                assertThat(outcome.letters())
                        .containsExactlyInAnyOrderElementsOf(feed.expectedLetters());
            }
            interrupted.checkEqualTo(uninterrupted);
            System.out.printf(
                    "FaultInjectionITCase: %d faults, %d windows x %d budgets, %d good samples,"
                            + " %d dead letters: nothing lost, nothing doubled, bit-equal%n",
                    FAULTS.size(), WINDOWS, BUDGETS.size(), GOOD, interrupted.letters().size());
        }
    }

    private static Outcome outcome(RunningJob job, EspalierConfig config) throws Exception {
        return Outcome.await(config, WINDOWS * BUDGETS.size(), CORRUPTED, job::awaitCheckpoints);
    }

    private static EspalierConfig config(KafkaFixture kafka, String job) throws Exception {
        return kafka.job(
                job,
                "samples",
                Map.of(
                        "espalier.budgets",
                        String.join(",", BUDGETS),
                        "espalier.window.max-out-of-orderness",
                        Traffic.OUT_OF_ORDER_MILLIS + " ms",
                        "espalier.window.min-samples",
                        "8",
                        "espalier.micro-batch.samples",
                        "16",
                        "espalier.source.max-sample-size",
                        Corruption.MAX_BYTES + " b",
                        "espalier.seed",
                        Long.toString(SEED)));
    }

    private static ScorerFactory synthetic(EspalierConfig config) {
        int rows = config.statistics().gradientRows();
        long seed = config.seed();
        return (model, loss) -> new SyntheticScorer(model.description().sublayers(), rows, seed);
    }
}
