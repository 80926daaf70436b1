package io.espalier.demo;

import io.espalier.wire.CalibrationSample;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is fed and when: windows of labelled glosses, of nouns and verbs in a mix that may change
 * from window to window, so that the truth about the drift is known.
 *
 * <p>Within a window the event times are evenly spread and end before the next window begins. A
 * function of its components: the same plan gives the same samples.
 *
 * @param verbShares of each window, the probability that a gloss is of a verb; at least one window
 * @param samplesPerWindow at least 1
 * @param window event time of one window
 * @param start of the first window; a multiple of {@code window} since the epoch, so that the
 *     windows are those of a tumbling assigner
 * @param seed of the draws
 */
public record DriftPlan(
        List<Double> verbShares, int samplesPerWindow, Duration window, Instant start, long seed) {

    /** From nouns only to verbs only, in equal steps. */
    public DriftPlan(int windows, int samplesPerWindow, Duration window, Instant start, long seed) {
        this(
                IntStream.range(0, windows)
                        .mapToObj(index -> windows == 1 ? 0 : (double) index / (windows - 1))
                        .toList(),
                samplesPerWindow,
                window,
                start,
                seed);
    }

    /** Copies the list and checks the numbers. */
    public DriftPlan {
        verbShares = List.copyOf(verbShares);
        if (verbShares.isEmpty() || samplesPerWindow < 1) {
            throw new IllegalArgumentException(
                    "a feed has at least 1 window of 1 sample, not %d of %d"
                            .formatted(verbShares.size(), samplesPerWindow));
        }
        if (window.toMillis() < samplesPerWindow) {
            throw new IllegalArgumentException(
                    "a window of %s has less than 1 ms for each of its %d samples"
                            .formatted(window, samplesPerWindow));
        }
        if (start.toEpochMilli() % window.toMillis() != 0) {
            throw new IllegalArgumentException(
                    "start %s is no multiple of the window %s".formatted(start, window));
        }
    }

    /** Number of samples in all windows. */
    public long samples() {
        return (long) windows() * samplesPerWindow;
    }

    /** Number of windows. */
    public int windows() {
        return verbShares.size();
    }

    /** Expected share of verbs in a window, counted from 0. */
    public double verbShare(int index) {
        return verbShares.get(index);
    }

    /** Event time at which the last window has ended. */
    public Instant end() {
        return start.plus(window.multipliedBy(windows()));
    }

    /**
     * The samples in the order of their event times. Glosses are taken in the lists' order; when a
     * list is used up it begins again, with ids that say so.
     *
     * @param nouns and {@code verbs}: neither may be empty
     */
    public Stream<Timed> samples(List<Gloss> nouns, List<Gloss> verbs) {
        Random random = new Random(seed);
        int[] used = {0, 0};
        return IntStream.range(0, windows())
                .boxed()
                .flatMap(
                        index ->
                                IntStream.range(0, samplesPerWindow)
                                        .mapToObj(
                                                place -> {
                                                    boolean verb =
                                                            random.nextDouble() < verbShare(index);
                                                    int half = verb ? 1 : 0;
                                                    List<Gloss> glosses = verb ? verbs : nouns;
                                                    return timed(
                                                            glosses, used[half]++, index, place);
                                                }));
    }

    /** The samples of the last window, in the order of their event times. */
    public List<CalibrationSample> lastWindow(List<Gloss> nouns, List<Gloss> verbs) {
        long begin = end().minus(window).toEpochMilli();
        return samples(nouns, verbs)
                .filter(timed -> timed.eventTime() >= begin)
                .map(Timed::sample)
                .toList();
    }

    private Timed timed(List<Gloss> glosses, int use, int index, int place) {
        Gloss gloss = glosses.get(use % glosses.size());
        int round = use / glosses.size();
        String id = round == 0 ? gloss.id() : gloss.id() + "#" + round;
        long millis = window.toMillis();
        long time = start.toEpochMilli() + index * millis + place * millis / samplesPerWindow;
        return new Timed(new CalibrationSample(id, gloss.text(), null, gloss.label()), time);
    }

    /**
     * A sample with its event time.
     *
     * @param eventTime milliseconds since the epoch
     */
    public record Timed(CalibrationSample sample, long eventTime) {}
}
