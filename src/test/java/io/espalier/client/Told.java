package io.espalier.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A listener that remembers, and can be waited on. */
final class Told implements Listener {

    private static final long LIMIT_MILLIS = 20_000;

    private final List<String> events = new ArrayList<>();

    @Override
    public void swapped(Swap swap) {
        add("swapped to " + swap.to().version());
    }

    @Override
    public void rolledBack(Swap swap) {
        add("back to " + swap.to().version());
    }

    @Override
    public void refused(ModelVersion version, Throwable why) {
        add("refused " + version.version() + ": " + why.getMessage());
    }

    @Override
    public void retired(ModelVersion version) {
        add("retired " + version.version());
    }

    @Override
    public void troubled(Throwable why) {
        add("troubled: " + why.getMessage());
    }

    private synchronized void add(String event) {
        events.add(event);
        notifyAll();
    }

    /** Everything so far, in order. */
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** Those that begin with a word. */
    List<String> events(String word) {
        return events().stream().filter(event -> event.startsWith(word)).toList();
    }

    /** Waits for an event that begins so. */
    void await(String begin) throws InterruptedException {
        await(begin, events -> events.stream().anyMatch(event -> event.startsWith(begin)));
    }

    /** Waits for a number of events that begin so. */
    void await(int count, String begin) throws InterruptedException {
        await(
                count + " times " + begin,
                events -> events.stream().filter(e -> e.startsWith(begin)).count() >= count);
    }

    private synchronized void await(String what, Predicate<List<String>> told)
            throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
        while (!told.test(events)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not told in time: " + what + "; told was " + events);
            }
            wait(left);
        }
    }
}
