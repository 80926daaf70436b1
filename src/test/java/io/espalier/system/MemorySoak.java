package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.Published;
import io.espalier.system.SystemCluster.Shape;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A TaskManager that scores, decides, publishes and promotes for a long time holds no more in the
 * end than after its warm-up. Real gradients of the tiny model by libtorch, in a JVM of its own.
 *
 * <p>The heap is touched before the run, so that the process grows only by what is outside it; what
 * lives in the heap is counted by full collections after the warm-up and in the end.
 */
class MemorySoak {

    private static final long SEED = Long.getLong("seed", 20_261_129);
    private static final double MINUTES = Double.parseDouble(System.getProperty("minutes", "20"));
    private static final double WARM_UP = Double.parseDouble(System.getProperty("warm-up", "4"));
    private static final String STAGING = ".staging";
    private static final double READING_MINUTES = 1 / 6.0;
    private static final double WINDOW_MINUTES = 1 / 12.0;

    /** Slopes a minute that count as none. */
    private static final double MEBIBYTES = 1;

    private static final double THREADS = 0.2;
    private static final double DESCRIPTORS = 0.5;
    private static final double LIVE_MEBIBYTES = 8;

    private static final double BYTES_IN_MEBIBYTE = 1 << 20;

    @Test
    void aTaskManagerHoldsNoMoreInTheEndThanAfterItsWarmUp() throws Exception {
        Shape shape = Shape.of(1).withJvmFlags("-XX:+AlwaysPreTouch");
        try (SystemCluster cluster = SystemCluster.start(getClass(), SEED, shape)) {
            cluster.kafka().createInput(KillRun.INPUT);
            EspalierConfig config =
                    cluster.config(
                            "soak",
                            SEED,
                            1,
                            Map.of(
                                    "espalier.window.size", "5 s",
                                    "espalier.trigger.period", "5 s",
                                    "espalier.publish.retain.versions", "20",
                                    "espalier.checkpoint.interval", "2 s"));
            ClusterJob job = cluster.submit(config, KafkaJob.scorers(config), null);
            TaskManagerProcess process =
                    new TaskManagerProcess(
                            cluster.processes(),
                            LoopbackCluster.taskManager(1),
                            job,
                            config.publish().root().resolve(STAGING));
            soak(process, new SteadyFeed(cluster.kafka(), KillRun.INPUT, SEED));
            assertThat(job.isRunning()).isTrue();
            assertThat(job.restored()).isZero();
            checkDecisions(config);
        }
    }

    private static void soak(TaskManagerProcess process, SteadyFeed feed) throws Exception {
        List<ProcessReading> readings = new ArrayList<>();
        System.out.println("MemorySoak: minute  RSS MiB  threads  fds  arrays  staged  samples");
        double live = 0;
        double next = 0;
        double line = 0;
        while (feed.minute() < MINUTES) {
            feed.send();
            if (feed.minute() < next) {
                continue;
            }
            next += READING_MINUTES;
            ProcessReading reading = process.read(feed.minute());
            if (reading.minute() >= WARM_UP) {
                if (readings.isEmpty()) {
                    live = process.liveBytes() / BYTES_IN_MEBIBYTE;
                }
                readings.add(reading);
            }
            if (reading.minute() >= line) {
                line += 1;
                System.out.printf(
                        "MemorySoak: %6.1f  %7.1f  %7d  %3d  %6d  %6d  %7d%n",
                        reading.minute(),
                        reading.residentMebibytes(),
                        reading.threads(),
                        reading.descriptors(),
                        reading.arrays(),
                        reading.staged(),
                        feed.sent());
            }
        }
        check(readings, live, process.liveBytes() / BYTES_IN_MEBIBYTE);
    }

    private static void check(List<ProcessReading> readings, double liveBefore, double liveAfter) {
        Trend resident = Trend.of(readings, ProcessReading::residentMebibytes);
        Trend threads = Trend.of(readings, ProcessReading::threads);
        Trend descriptors = Trend.of(readings, ProcessReading::descriptors);
        // Between two micro-batches there are those of the weights only; readings hit that by
        // chance.
        int half = readings.size() / 2;
        Trend arraysFirst = Trend.of(readings.subList(0, half), ProcessReading::arrays);
        Trend arraysLast =
                Trend.of(readings.subList(half, readings.size()), ProcessReading::arrays);
        Trend staged = Trend.of(readings, ProcessReading::staged);
        System.out.printf(
                "MemorySoak: %d readings in %.1f minutes after a warm-up of %.1f%n",
                readings.size(), MINUTES - WARM_UP, WARM_UP);
        System.out.println("MemorySoak: RSS MiB          " + resident);
        System.out.println("MemorySoak: threads          " + threads);
        System.out.println("MemorySoak: file descriptors " + descriptors);
        System.out.println("MemorySoak: native arrays    " + arraysFirst);
        System.out.println("MemorySoak:   second half    " + arraysLast);
        System.out.println("MemorySoak: staged           " + staged);
        System.out.printf("MemorySoak: live heap MiB    %.1f, then %.1f%n", liveBefore, liveAfter);
        assertThat(resident.perMinute()).as("RSS").isLessThanOrEqualTo(MEBIBYTES);
        assertThat(threads.perMinute()).as("threads").isLessThanOrEqualTo(THREADS);
        assertThat(descriptors.perMinute()).as("descriptors").isLessThanOrEqualTo(DESCRIPTORS);
        assertThat(arraysFirst.least()).as("arrays are counted").isPositive();
        assertThat(arraysLast.least()).as("arrays").isLessThanOrEqualTo(arraysFirst.least());
        assertThat(liveAfter - liveBefore).as("live heap").isLessThanOrEqualTo(LIVE_MEBIBYTES);
    }

    /** The memory was that of work: windows were decided on schedule and models promoted. */
    private static void checkDecisions(EspalierConfig config) throws Exception {
        try (Published published = new Published(config)) {
            List<DriftReport> reports = published.reports();
            long promoted =
                    reports.stream().filter(r -> r.getOutcome() == DriftOutcome.PROMOTED).count();
            System.out.printf(
                    "MemorySoak: %d reports, %d models published, %d promoted%n",
                    reports.size(), published.models().size(), promoted);
            int windows = (int) Math.round(MINUTES / WINDOW_MINUTES * SystemCluster.BUDGETS.size());
            assertThat(reports).hasSizeGreaterThan(windows * 9 / 10);
            assertThat(published.models()).hasSizeGreaterThan(windows / 2);
            assertThat(promoted).isPositive();
            assertThat(published.deadLetters()).isEmpty();
        }
    }
}
