package io.espalier.stream.type;

import io.espalier.fisher.LossKind;
import io.espalier.fisher.SampleOffsets;
import io.espalier.fisher.SublayerStatistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics of one sublayer over a stretch of event time, kept apart by the loss whose
 * gradients they are made of.
 *
 * <p>Mutable, not thread-safe. Statistics that are handed in become its own.
 */
public final class PaneStatistics {

    private final Map<LossKind, SublayerStatistics> byLoss = new EnumMap<>(LossKind.class);

    /** Without a sample. */
    public PaneStatistics() {}

    /** Adds statistics of the same sublayer. */
    public void merge(SublayerStatistics partial) {
        SublayerStatistics own = byLoss.putIfAbsent(partial.loss(), partial);
        if (own != null) {
            own.merge(partial);
        }
    }

    /** Adds those of another stretch, which is not to be used after. */
    public void mergeAll(PaneStatistics other) {
        other.byLoss.values().forEach(this::merge);
    }

    /** Lets everything so far weigh less, by a factor in (0, 1]. */
    public void decay(double factor) {
        byLoss.values().forEach(statistics -> statistics.decay(factor));
    }

    /** The sum of several stretches, which stay as they are. */
    public static PaneStatistics sum(List<PaneStatistics> parts) {
        PaneStatistics sum = new PaneStatistics();
        for (LossKind loss : LossKind.values()) {
            List<SublayerStatistics> same =
                    parts.stream()
                            .filter(part -> part.byLoss.containsKey(loss))
                            .map(part -> part.byLoss.get(loss))
                            .toList();
            if (!same.isEmpty()) {
                sum.byLoss.put(loss, SublayerStatistics.sum(same));
            }
        }
        return sum;
    }

    /** Samples, of all losses. */
    public long samples() {
        return byLoss.values().stream().mapToLong(each -> each.gradients().samples()).sum();
    }

    /** How many of them came with a label. */
    public long labelled() {
        return byLoss.values().stream().mapToLong(SublayerStatistics::labelled).sum();
    }

    /** Where they were read. */
    public SampleOffsets offsets() {
        return byLoss.values().stream()
                .map(SublayerStatistics::offsets)
                .reduce(SampleOffsets.NONE, SampleOffsets::union);
    }

    /**
     * The statistics that decide: those of labels if there are enough of them, else those without.
     *
     * @param minSamples effective samples that are enough
     * @throws IllegalStateException if there are none
     */
    public SublayerStatistics deciding(int minSamples) {
        SublayerStatistics supervised = byLoss.get(LossKind.SUPERVISED);
        if (supervised != null && supervised.gradients().effectiveSamples() >= minSamples) {
            return supervised;
        }
        return byLoss.entrySet().stream()
                .filter(entry -> entry.getKey() != LossKind.SUPERVISED)
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> byLoss.values().stream().findFirst())
                .orElseThrow(() -> new IllegalStateException("statistics without a sample"));
    }

    /** Writes the statistics of each loss. */
    void write(DataOutput out) throws IOException {
        out.writeInt(byLoss.size());
        for (SublayerStatistics statistics : byLoss.values()) {
            statistics.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static PaneStatistics read(DataInput in) throws IOException {
        List<SublayerStatistics> all = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            all.add(SublayerStatistics.read(in));
        }
        PaneStatistics pane = new PaneStatistics();
        all.forEach(pane::merge);
        return pane;
    }
}
