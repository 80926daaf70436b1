package io.espalier.stream;

import org.apache.kafka.clients.producer.RecordMetadata;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.stream.Traffic.Item;
import io.espalier.stream.WindowOracle.Statistics;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A producer so much faster than the job that all it sends, more than memory may grow, waits in the
 * topic when the job begins: the job reads no faster than it scores, and loses nothing.
 */
class BackpressureITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 4;
    private static final int SAMPLES = 42_000;
    private static final int LONG_WORD = 1900; // One unknown token, quickly read.
    private static final long NANOS_PER_SAMPLE = 400_000;
    private static final long START = 1_750_000_000_000L;

    /** Half of the input, and less; fetched records, network buffers, garbage of the moment. */
    private static final long HEAP_LIMIT = 36L << 20;

    private static final int IN_FLIGHT = 2000;

    @TempDir private Path directory;

    @Test
    void memoryIsBoundedAndNothingIsLost() throws Exception {
        System.out.printf("BackpressureITCase: -Dseed=%d%n", SEED);
        List<Item> items = items();
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            long bytes = send(kafka, items);
            assertThat(bytes).isGreaterThan(2 * HEAP_LIMIT);
            EspalierConfig config =
                    kafka.job("slow", "samples", SyntheticJob.settings(SEED, Map.of()));
            var fast = SyntheticJob.scorers(config);
            try (RunningJob job =
                            RunningJob.start(config, (model, loss) -> new SlowScorer(fast.create(model, loss)));
                    Published published = new Published(config)) {
                long before = usedHeap();
                long most = 0;
                while (published.reports().size() < WINDOWS) {
                    most = Math.max(most, usedHeap() - before);
                    assertThat(most).as("bytes of heap").isLessThan(HEAP_LIMIT);
                    assertThat(job.isRunning()).isTrue();
                    LockSupport.parkNanos(500_000_000);
                }
                job.awaitCheckpoints(2);
                WindowOracle oracle = new WindowOracle(config, items.subList(0, SAMPLES));
                assertThat(published.masks().stream().map(Statistics::of).toList())
                        .isEqualTo(oracle.statistics());
                assertThat(published.deadLetters()).isEmpty();
                System.out.printf(
                        "BackpressureITCase: %d samples, %d MiB waiting; heap grew by at most %d"
                                + " MiB, nothing lost%n",
                        SAMPLES, bytes >> 20, most >> 20);
            }
        }
    }

    private static long send(KafkaFixture kafka, List<Item> items) throws Exception {
        long bytes = 0;
        Deque<Future<RecordMetadata>> sent = new ArrayDeque<>();
        for (Item item : items) {
            byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(item.sample());
            bytes += value.length;
            sent.add(kafka.send("samples", item.partition(), item.timestamp(), value));
            if (sent.size() > IN_FLIGHT) {
                sent.remove().get();
            }
        }
        while (!sent.isEmpty()) {
            sent.remove().get();
        }
        return bytes;
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static List<Item> items() {
        String text = "w7 " + "x".repeat(LONG_WORD);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i <= SAMPLES + 1; i++) {
            boolean tail = i >= SAMPLES;
            long time = tail ? WINDOWS + 10 : 0;
            CalibrationSample sample =
                    CalibrationSample.newBuilder()
                            .setId("s" + i)
                            .setText(text)
                            .setLabel("a")
                            .build();
            items.add(
                    new Item(
                            i % KafkaFixture.PARTITIONS,
                            START
                                    + time * Traffic.WINDOW_MILLIS
                                    + (tail ? 0 : WINDOWS * Traffic.WINDOW_MILLIS * i / SAMPLES),
                            sample,
                            null,
                            null));
        }
        return items;
    }

    /** Takes its time. */
    private static final class SlowScorer implements SampleScorer {

        private final SampleScorer scorer;

        SlowScorer(SampleScorer scorer) {
            this.scorer = scorer;
        }

        @Override
        public List<Unscorable> score(List<ScorableSample> samples) {
            LockSupport.parkNanos(NANOS_PER_SAMPLE * samples.size());
            return scorer.score(samples);
        }

        @Override
        public List<SublayerStatistics> drain() {
            return scorer.drain();
        }

        @Override
        public void close() {
            scorer.close();
        }
    }
}
