package io.espalier.cli;

import org.apache.commons.math3.stat.StatUtils;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Times of several tasks that took turns, so that a machine that slows down for a while slows all
 * of them.
 *
 * @param nanos for each task its times, one a round
 */
@SuppressWarnings("ArrayRecordComponent") // Read where it was measured, never compared.
record InterleavedTimes(long[][] nanos) {

    /** One step of a measurement. */
    @FunctionalInterface
    interface Task {

        /** Does the work of a round, counted from 0. */
        void run(int round);
    }

    /**
     * Runs the tasks in turn, round after round, each round beginning with another one.
     *
     * @param warmUp rounds before, not timed; they repeat the first ones
     */
    static InterleavedTimes measure(List<? extends Task> tasks, int warmUp, int rounds) {
        List<Task> all = new ArrayList<>(tasks);
        long[][] nanos = new long[all.size()][rounds];
        for (int round = -warmUp; round < rounds; round++) {
            for (int i = 0; i < all.size(); i++) {
                int turn = Math.floorMod(round + i, all.size());
                long begin = System.nanoTime();
                all.get(turn).run(Math.floorMod(round, rounds));
                if (round >= 0) {
                    nanos[turn][round] = System.nanoTime() - begin;
                }
            }
        }
        return new InterleavedTimes(nanos);
    }

    /** The median time of a task, in seconds. */
    double medianSeconds(int task) {
        return quantileSeconds(task, 50);
    }

    /**
     * How many times faster a task is than another: the median over the rounds, in each of which
     * both met the same machine.
     */
    double speedup(int task, int other) {
        double[] ratios = new double[nanos[task].length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = (double) nanos[other][round] / nanos[task][round];
        }
        return StatUtils.percentile(ratios, 50);
    }

    /** The time that a share of a task's rounds stays below, in seconds. */
    double quantileSeconds(int task, double percent) {
        double[] times = LongStream.of(nanos[task]).asDoubleStream().toArray();
        return StatUtils.percentile(times, percent) * 1e-9;
    }
}
