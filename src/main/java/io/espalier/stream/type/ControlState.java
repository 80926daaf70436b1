package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What operators have asked of a running job. Immutable.
 *
 * @param version number of commands obeyed
 * @param paused whether nothing is to be decided
 * @param forced budgets to decide at the next window's end whatever the drift
 * @param budgets in place of the configured ones; empty for those
 * @param thresholds in place of the configured ones, by option
 * @param obeyed ids of the last commands obeyed, the oldest first, at most {@value #OBEYED}
 */
public record ControlState(
        long version,
        boolean paused,
        SortedSet<String> forced,
        List<String> budgets,
        SortedMap<String, String> thresholds,
        List<String> obeyed) {

    /** Commands whose repetition is known. */
    public static final int OBEYED = 256;

    private static final int VERSION = 1;

    /** Before the first command. */
    public static final ControlState NONE =
            new ControlState(0, false, new TreeSet<>(), List.of(), new TreeMap<>(), List.of());

    /** Copies the collections. */
    public ControlState {
        forced = new TreeSet<>(forced);
        budgets = List.copyOf(budgets);
        thresholds = new TreeMap<>(thresholds);
        obeyed = List.copyOf(obeyed);
    }

    /** Paused, or no longer. */
    public ControlState paused(boolean now) {
        return new ControlState(version, now, forced, budgets, thresholds, obeyed);
    }

    /** With these budgets to be decided at the next window's end, and no others. */
    public ControlState forced(SortedSet<String> now) {
        return new ControlState(version, paused, now, budgets, thresholds, obeyed);
    }

    /** With other budgets. */
    public ControlState budgets(List<String> now) {
        return new ControlState(version, paused, forced, now, thresholds, obeyed);
    }

    /** With more thresholds replaced. */
    public ControlState thresholds(Map<String, String> more) {
        SortedMap<String, String> all = new TreeMap<>(thresholds);
        all.putAll(more);
        return new ControlState(version, paused, forced, budgets, all, obeyed);
    }

    /** After a command. */
    public ControlState obeyed(String id) {
        List<String> ids = new ArrayList<>(obeyed);
        ids.add(id);
        return new ControlState(
                version + 1,
                paused,
                forced,
                budgets,
                thresholds,
                ids.subList(Math.max(0, ids.size() - OBEYED), ids.size()));
    }

    /** Writes a version and all fields. */
    void write(DataOutput out) throws IOException {
        StateVersion.write(out, VERSION);
        out.writeLong(version);
        out.writeBoolean(paused);
        writeTexts(out, List.copyOf(forced));
        writeTexts(out, budgets);
        writeTexts(out, List.copyOf(thresholds.keySet()));
        writeTexts(out, List.copyOf(thresholds.values()));
        writeTexts(out, obeyed);
    }

    /** Reads what {@link #write} wrote. */
    static ControlState read(DataInput in) throws IOException {
        StateVersion.require(in, VERSION, "control state");
        long version = in.readLong();
        boolean paused = in.readBoolean();
        SortedSet<String> forced = new TreeSet<>(readTexts(in));
        List<String> budgets = readTexts(in);
        List<String> keys = readTexts(in);
        List<String> values = readTexts(in);
        SortedMap<String, String> thresholds = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            thresholds.put(keys.get(i), values.get(i));
        }
        return new ControlState(version, paused, forced, budgets, thresholds, readTexts(in));
    }

    private static void writeTexts(DataOutput out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> readTexts(DataInput in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return texts;
    }
}
