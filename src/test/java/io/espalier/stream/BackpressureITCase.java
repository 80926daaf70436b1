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
 * A producer ten times faster than the job, and more input than memory may grow: the job reads no
 * faster than it scores, and loses nothing.
 */
class BackpressureITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 4;
    private static final int SAMPLES = 96_000;
    private static final int WORDS = 480; // About 1.9 KB of text.
    private static final long NANOS_PER_SAMPLE = 400_000;
    private static final long START = 1_750_000_000_000L;
    private static final double FASTER = 2; // On a loaded machine; ten times on a quiet one.

    /** The producer of this test keeps 32 MiB of buffers; the rest is for the job. */
    private static final long HEAP_LIMIT = 64L << 20;

    private static final int IN_FLIGHT = 2000;

    @TempDir private Path directory;

    @Test
    void memoryIsBoundedAndNothingIsLost() throws Exception {
        System.out.printf("BackpressureITCase: -Dseed=%d%n", SEED);
        List<Item> items = items();
        long bytes = 0;
        try (KafkaFixture kafka = KafkaFixture.start(directory)) {
            kafka.createInput("samples");
            EspalierConfig config =
                    kafka.job("slow", "samples", SyntheticJob.settings(SEED, Map.of()));
            var fast = SyntheticJob.scorers(config);
            try (RunningJob job =
                    RunningJob.start(
                            config, (model, loss) -> new SlowScorer(fast.create(model, loss)))) {
                long before = usedHeap();
                long start = System.nanoTime();
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
                double sendSeconds = (System.nanoTime() - start) / 1e9;
                long most = 0;
                try (Published published = new Published(config)) {
                    while (published.reports().size() < WINDOWS) {
                        most = Math.max(most, usedHeap() - before);
                        assertThat(most).as("bytes of heap").isLessThan(HEAP_LIMIT);
                        assertThat(job.isRunning()).isTrue();
                        LockSupport.parkNanos(200_000_000);
                    }
                    double jobSeconds = (System.nanoTime() - start) / 1e9;
                    job.awaitCheckpoints(2);
                    WindowOracle oracle = new WindowOracle(config, items.subList(0, SAMPLES));
                    assertThat(published.masks().stream().map(Statistics::of).toList())
                            .isEqualTo(oracle.statistics());
                    assertThat(published.deadLetters()).isEmpty();
                    System.out.printf(
                            "BackpressureITCase: %d samples, %d MiB sent in %.1f s, scored in"
                                    + " %.1f s; heap grew by at most %d MiB, nothing lost%n",
                            SAMPLES, bytes >> 20, sendSeconds, jobSeconds, most >> 20);
                    assertThat(bytes).isGreaterThan(2 * HEAP_LIMIT);
                    assertThat(jobSeconds / sendSeconds).isGreaterThan(FASTER);
                }
            }
        }
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static List<Item> items() {
        String text = "w7 ".repeat(WORDS).strip();
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
