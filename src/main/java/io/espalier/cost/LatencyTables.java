package io.espalier.cost;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Measured times of one model's sublayers, a table for each workload.
 *
 * @param entries at least one, no workload twice
 */
public record LatencyTables(List<Entry> entries) implements Serializable {

    /**
     * One table.
     *
     * @param workload null if the file does not say
     */
    public record Entry(@Nullable Workload workload, LatencyTable table) implements Serializable {}

    /** Checks the workloads and copies the list. */
    public LatencyTables {
        entries = List.copyOf(entries);
        long distinct = entries.stream().map(Entry::workload).distinct().count();
        if (entries.isEmpty() || distinct < entries.size()) {
            throw new IllegalArgumentException(
                    entries.isEmpty()
                            ? "'workloads' has 0 entries; it needs one"
                            : "a workload stands twice among " + names(entries));
        }
    }

    /**
     * The table of a workload.
     *
     * @param workload null for the only one
     * @throws IllegalArgumentException naming the workloads there are, if it is not among them, or
     *     there are several and none is named
     */
    public LatencyTable of(@Nullable Workload workload) {
        if (workload == null && entries.size() == 1) {
            return entries.get(0).table();
        }
        return entries.stream()
                .filter(entry -> workload != null && workload.equals(entry.workload()))
                .map(Entry::table)
                .findFirst()
                .orElseThrow(() -> unknown(workload));
    }

    private IllegalArgumentException unknown(@Nullable Workload workload) {
        if (workload == null) {
            return new IllegalArgumentException(
                    "the latency table has several workloads: say which one counts, like"
                            + " latency=0.5@"
                            + entries.get(0).workload()
                            + "; it has "
                            + names(entries));
        }
        return new IllegalArgumentException(
                "the latency table has no workload "
                        + workload
                        + "; it has "
                        + names(entries)
                        + ", and 'espalier bench latency --table' measures others");
    }

    private static String names(List<Entry> entries) {
        return entries.stream()
                .map(entry -> Objects.toString(entry.workload(), "one without a name"))
                .collect(Collectors.joining(", "));
    }
}
