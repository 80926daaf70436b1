package io.espalier.stream.score;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

import io.espalier.model.TextClassifier;
import io.espalier.wire.codec.Stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a scorer tells the metrics: samples by what became of them, and the memory that the heap's
 * figures do not show. Counters start at 0 after a restore.
 */
final class ScoreMetrics {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private final Counter accepted;
    private final Counter heldOut;
    private final Counter late;
    private final Map<Stage, Counter> deadLettered = new EnumMap<>(Stage.class);

    /**
     * Opens the metrics.
     *
     * @param operator group of the operator
     * @param model id of the model
     */
    ScoreMetrics(MetricGroup operator, String model, TextClassifier classifier) {
        MetricGroup group = operator.addGroup("espalier").addGroup("model", model);
        accepted = group.counter("samples_accepted");
        heldOut = group.counter("samples_held_out");
        late = group.counter("samples_late");
        for (Stage stage : Stage.values()) {
            deadLettered.put(
                    stage, group.addGroup("stage", stage.label()).counter("samples_dead_lettered"));
        }
        group.gauge("native_arrays", (Gauge<Integer>) classifier::nativeArrays);
        group.gauge("resident_bytes", (Gauge<Long>) ScoreMetrics::residentBytes);
    }

    /** A sample is to be scored. */
    void accepted(boolean isLate) {
        accepted.inc();
        if (isLate) {
            late.inc();
        }
    }

    /** A sample was put aside. */
    void heldOut() {
        heldOut.inc();
    }

    /** A sample was refused. */
    void deadLettered(Stage stage) {
        Objects.requireNonNull(deadLettered.get(stage)).inc();
    }

    /** Resident memory of this process; 0 where the system does not tell. */
    private static long residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
