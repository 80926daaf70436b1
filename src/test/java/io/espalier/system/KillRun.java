package io.espalier.system;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.Feed;
import io.espalier.stream.Outcome;
import io.espalier.stream.Traffic;
import io.espalier.stream.WindowOracle;

import java.util.DoubleSummaryStatistics;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Traffic of one window more than there are kills, sent while they strike, and what is published of
 * it.
 */
final class KillRun {

    /** The topic of the samples. */
    static final String INPUT = "samples";

    private static final int GOOD_IN_WINDOW = 200;
    private static final int CORRUPTED_IN_WINDOW = 10;

    private final String test;
    private final SystemCluster cluster;
    private final int windows;
    private final Traffic traffic;
    private final Feed feed;
    private final DoubleSummaryStatistics recovery = new DoubleSummaryStatistics();

    /** Draws the traffic and creates its topic. */
    KillRun(Class<?> test, SystemCluster cluster, long seed, int windows) throws Exception {
        this.test = test.getSimpleName();
        this.cluster = cluster;
        this.windows = windows;
        this.traffic =
                new Traffic(seed, windows, GOOD_IN_WINDOW * windows, CORRUPTED_IN_WINDOW * windows);
        cluster.kafka().createInput(INPUT);
        this.feed = new Feed(cluster.kafka(), INPUT, traffic);
    }

    /** Sends part of the traffic and waits until some of it is in a checkpoint. */
    void begin(ClusterJob job) throws Exception {
        feed.sendPart();
        job.awaitCheckpoints(1);
    }

    /** Strikes once, proves it, and prints it. */
    void strike(ClusterJob job, Kill kill) throws Exception {
        double seconds = kill.inject(cluster, job, feed);
        recovery.accept(seconds);
        System.out.printf(
                "%s: kill -9 of %s %d ms after records were sent, job back after %.1f s%n",
                test, kill.process(), kill.delay().toMillis(), seconds);
    }

    /** Sends the next part of the traffic. */
    void feedOn() {
        feed.sendPart();
    }

    /** Sends what is left; returns what the job has made of everything. */
    Outcome outcome(ClusterJob job, EspalierConfig config) throws Exception {
        feed.sendRest();
        return Outcome.await(
                config,
                windows * SystemCluster.BUDGETS.size(),
                windows * CORRUPTED_IN_WINDOW,
                job::awaitCheckpoints);
    }

    /** The good samples. */
    List<Traffic.Item> good() {
        return traffic.good();
    }

    /** No sample is lost or doubled, and every statistic equals the oracle's bit for bit. */
    void checkAgainstOracle(Outcome outcome) throws Exception {
        WindowOracle oracle = new WindowOracle(outcome.config(), traffic.good());
        outcome.checkDecisions(SystemCluster.BUDGETS, oracle);
        outcome.checkModels();
        checkLetters(outcome);
        System.out.printf(
                "%s: %d good samples in %d windows, %d decisions, %d dead letters: 0 lost, 0"
                        + " doubled, statistics bit-equal%n",
                test,
                traffic.good().size(),
                windows,
                outcome.masks().size(),
                outcome.letters().size());
    }

    /** Just the corrupted samples are dead letters. */
    void checkLetters(Outcome outcome) throws Exception {
        assertThat(outcome.letters()).containsExactlyInAnyOrderElementsOf(feed.expectedLetters());
    }

    /** Prints how many kills were proved, and how long the job was away. */
    void printKills() {
        System.out.printf(
                "%s: %d kills proved; recovery %.1f s in the mean, %.1f s at most%n",
                test, recovery.getCount(), recovery.getAverage(), recovery.getMax());
    }
}
