package io.espalier.stream.type;

import io.espalier.drift.DriftLevel;
import io.espalier.drift.DriftState;
import org.jspecify.annotations.Nullable;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is remembered of one budget. Immutable.
 *
 * @param decisions candidates so far; the number of the last one
 * @param moves promotions, rollbacks and pins so far
 * @param lastDecision end of the window decided last; of no meaning before the first
 * @param windowsSince windows that ended since
 * @param drift level and hysteresis
 * @param live what is live; null before the first promotion
 * @param first the first candidate, whatever became of it
 * @param earlier what was live before, the latest first, at most {@value #EARLIER}
 * @param pinned whether nothing else may become live
 */
public record BudgetMemory(
        long decisions,
        long moves,
        long lastDecision,
        long windowsSince,
        DriftState drift,
        @Nullable LiveModel live,
        @Nullable LiveModel first,
        List<LiveModel> earlier,
        boolean pinned) {

    /** Earlier live models that can be rolled back to. */
    public static final int EARLIER = 8;

    /** Before the first window. */
    public static final BudgetMemory NEW =
            new BudgetMemory(0, 0, 0, 0, DriftState.INITIAL, null, null, List.of(), false);

    /** Copies the list. */
    public BudgetMemory {
        earlier = List.copyOf(earlier);
    }

    /** After a window without a decision. */
    public BudgetMemory afterWindow(DriftState now) {
        return new BudgetMemory(
                decisions,
                moves,
                lastDecision,
                windowsSince + 1,
                now,
                live,
                first,
                earlier,
                pinned);
    }

    /** After a window with a decision, before it is known what became of it. */
    public BudgetMemory afterDecision(long windowEnd, DriftState now, LiveModel candidate) {
        return new BudgetMemory(
                decisions + 1,
                moves,
                windowEnd,
                0,
                now,
                live,
                first == null ? candidate : first,
                earlier,
                pinned);
    }

    /** After a window that asked for a decision, which came to keep what there is. */
    public BudgetMemory afterKeeping(long windowEnd, DriftState now) {
        return new BudgetMemory(decisions, moves, windowEnd, 0, now, live, first, earlier, pinned);
    }

    /**
     * With another model live. Its drift begins anew, and with it a cool-down.
     *
     * @param holds whether nothing else may become live from now on
     */
    public BudgetMemory moved(LiveModel to, boolean holds) {
        List<LiveModel> before = new ArrayList<>();
        if (live != null && !live.version().equals(to.version())) {
            before.add(live);
        }
        earlier.stream()
                .filter(model -> !model.version().equals(to.version()))
                .forEach(before::add);
        return new BudgetMemory(
                decisions,
                moves + 1,
                lastDecision,
                0,
                DriftState.INITIAL,
                to,
                first,
                before.subList(0, Math.min(EARLIER, before.size())),
                holds);
    }

    /** Without a pin. */
    public BudgetMemory unpinned() {
        return new BudgetMemory(
                decisions, moves, lastDecision, windowsSince, drift, live, first, earlier, false);
    }

    /** The live model or an earlier one of a version. */
    public Optional<LiveModel> find(String version) {
        List<LiveModel> all = new ArrayList<>(earlier);
        if (live != null) {
            all.add(live);
        }
        return all.stream().filter(model -> model.version().equals(version)).findFirst();
    }

    /** The versions that later windows may load: the first, the live one and those before it. */
    public SortedSet<String> referenced() {
        SortedSet<String> versions = new TreeSet<>();
        Stream.concat(Stream.of(first, live).filter(Objects::nonNull), earlier.stream())
                .forEach(model -> versions.add(model.version()));
        return versions;
    }

    /** Writes all fields. */
    void write(DataOutput out) throws IOException {
        out.writeLong(decisions);
        out.writeLong(moves);
        out.writeLong(lastDecision);
        out.writeLong(windowsSince);
        out.writeUTF(drift.level().name());
        out.writeInt(drift.above());
        out.writeInt(drift.below());
        write(out, live);
        write(out, first);
        out.writeInt(earlier.size());
        for (LiveModel model : earlier) {
            model.write(out);
        }
        out.writeBoolean(pinned);
    }

    private static void write(DataOutput out, @Nullable LiveModel model) throws IOException {
        out.writeBoolean(model != null);
        if (model != null) {
            model.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    static BudgetMemory read(DataInput in) throws IOException {
        long decisions = in.readLong();
        long moves = in.readLong();
        long lastDecision = in.readLong();
        long windowsSince = in.readLong();
        DriftState drift =
                new DriftState(DriftLevel.valueOf(in.readUTF()), in.readInt(), in.readInt());
        LiveModel live = in.readBoolean() ? LiveModel.read(in) : null;
        LiveModel first = in.readBoolean() ? LiveModel.read(in) : null;
        List<LiveModel> earlier = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            earlier.add(LiveModel.read(in));
        }
        return new BudgetMemory(
                decisions,
                moves,
                lastDecision,
                windowsSince,
                drift,
                live,
                first,
                earlier,
                in.readBoolean());
    }
}
