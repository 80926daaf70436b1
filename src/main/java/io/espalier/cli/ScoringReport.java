package io.espalier.cli;

import java.util.List;
import java.util.Locale;

/**
 * What {@code bench score} found, in the form of its JSON file.
 *
 * @param samples scored in a round trip through all of them
 * @param meanLength in tokens
 * @param microBatch samples of a micro-batch
 * @param rounds micro-batches that each thread timed
 * @param loops the bare scorer, one thread first
 * @param job the Flink job with as many tasks as the last loop has threads
 */
record ScoringReport(
        int samples, double meanLength, int microBatch, int rounds, List<Loop> loops, Job job) {

    /** Copies the list. */
    ScoringReport {
        loops = List.copyOf(loops);
    }

    /**
     * The bare scorer, micro-batch after micro-batch.
     *
     * @param gflops needed operations a second, 10^9
     * @param ceilingGflops of the matrix products alone
     * @param ofCeiling the median of the rounds' ratios
     */
    record Loop(
            int threads,
            double samplesPerSecond,
            double tokensPerSecond,
            double gflops,
            double ceilingGflops,
            double ofCeiling) {}

    /**
     * The job.
     *
     * @param ofLoop its throughput over that of the loop of as many threads
     */
    record Job(int tasks, double samplesPerSecond, double ofLoop) {}

    /** The lines above the table. */
    String head() {
        return String.format(
                Locale.ROOT,
                "%d samples, %.1f tokens on average, in micro-batches of %d; medians of %d rounds%n",
                samples,
                meanLength,
                microBatch,
                rounds);
    }

    /** The loops. */
    TextTable table() {
        TextTable table =
                new TextTable(
                        "scorer", "samples/s", "tokens/s", "GFLOP/s", "ceiling", "of ceiling");
        for (Loop loop : loops) {
            table.row(
                    loop.threads == 1 ? "1 thread" : loop.threads + " threads",
                    format("%.1f", loop.samplesPerSecond),
                    format("%.0f", loop.tokensPerSecond),
                    format("%.1f", loop.gflops),
                    format("%.1f", loop.ceilingGflops),
                    format("%.2f", loop.ofCeiling));
        }
        return table;
    }

    /** The line below the table. */
    String foot() {
        return String.format(
                Locale.ROOT,
                "%nFlink job of %d tasks: %.1f samples/s, %.2f of the bare loop",
                job.tasks,
                job.samplesPerSecond,
                job.ofLoop);
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
