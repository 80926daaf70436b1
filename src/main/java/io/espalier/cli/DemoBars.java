package io.espalier.cli;

import io.espalier.demo.Progress;

import java.util.HashMap;
import java.util.Map;

/** Shows the demo's tasks as progress bars, one after another. */
final class DemoBars implements Progress, AutoCloseable {

    private final ProgressBars bars = ProgressBars.onStderr();
    private final Map<String, ProgressBars.Task> open = new HashMap<>();

    @Override
    public synchronized void update(String task, long done, long total) {
        ProgressBars.Task bar = open.get(task);
        if (bar == null && done < total) {
            bar = bars.start(task, total, unit(task));
            open.put(task, bar);
        }
        if (bar != null) {
            bar.stepTo(done);
            if (done >= total) {
                bar.close();
                open.remove(task);
            }
        }
    }

    private static String unit(String task) {
        if (task.startsWith("download") || task.startsWith("import")) {
            return "bytes";
        }
        if (task.startsWith("reference")) {
            return "sublayers";
        }
        return task.endsWith("glosses") || task.startsWith("score") ? "glosses" : "steps";
    }

    @Override
    public synchronized void close() {
        open.values().forEach(ProgressBars.Task::close);
        open.clear();
    }
}
