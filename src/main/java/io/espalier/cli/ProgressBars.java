package io.espalier.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far a task is: a moving bar where stderr is a terminal, otherwise one line when it
 * begins and one when it ends.
 */
public final class ProgressBars {

    private static final int WIDTH = 96;

    private final PrintStream out;
    private final boolean terminal;

    ProgressBars(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Bars on stderr. The launcher says whether it is a terminal; the JVM cannot tell. */
    public static ProgressBars onStderr() {
        return new ProgressBars(System.err, Boolean.getBoolean("espalier.terminal"));
    }

    /**
     * Begins to show a task.
     *
     * @param name what is done, like "scoring"
     * @param total number of steps; -1 if unknown
     * @param unit what a step is, in the plural, like "samples"
     */
    public Task start(String name, long total, String unit) {
        return new Task(name, total, unit);
    }

    /** One task that is shown; to be closed when it ends, however it ends. Thread-safe. */
    public final class Task implements AutoCloseable {

        private final String name;
        private final String unit;
        private final long begin = System.nanoTime();
        private final @Nullable ProgressBar bar;
        private long steps;
        private boolean closed;

        private Task(String name, long total, String unit) {
            this.name = name;
            this.unit = unit;
            if (terminal) {
                bar =
                        new ProgressBarBuilder()
                                .setTaskName(name)
                                .setInitialMax(total)
                                .setUnit(" " + unit, 1)
                                .setStyle(ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(200)
                                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                                .build();
            } else {
                bar = null;
                out.println(name + (total < 0 ? " ..." : ": " + total + " " + unit + " ..."));
            }
        }

        /** Counts steps that were made. */
        public synchronized void step(long count) {
            steps += count;
            if (bar != null) {
                bar.stepBy(count);
            }
        }

        /** Says how far it is, where steps are not counted one by one. */
        public synchronized void stepTo(long position) {
            step(position - steps);
        }

        /** Ends the display; a second call does nothing. */
        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (bar != null) {
                bar.close();
                return;
            }
            double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
            out.println(
                    String.format(Locale.ROOT, "%s: %d %s in %.1f s", name, steps, unit, seconds));
        }
    }
}
