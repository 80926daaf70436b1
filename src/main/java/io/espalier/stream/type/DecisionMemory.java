package io.espalier.stream.type;

import io.espalier.drift.NoiseFloor;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the next decision has to know of earlier ones. Immutable.
 *
 * @param heads noise floor of the heads' importance
 * @param neurons noise floor of the neurons'
 * @param budgets by the budgets' texts; budgets that are no longer asked for stay, so that their
 *     versions are never used again
 */
public record DecisionMemory(
        NoiseFloor heads, NoiseFloor neurons, SortedMap<String, BudgetMemory> budgets) {

    private static final int VERSION = 1;

    /** Before the first window. */
    public static final DecisionMemory NEW =
            new DecisionMemory(NoiseFloor.UNKNOWN, NoiseFloor.UNKNOWN, new TreeMap<>());

    /** Copies the map. */
    public DecisionMemory {
        budgets = new TreeMap<>(budgets);
    }

    /** What is remembered of a budget. */
    public BudgetMemory of(String budget) {
        return budgets.getOrDefault(budget, BudgetMemory.NEW);
    }

    /** With something else remembered of a budget. */
    public DecisionMemory with(String budget, BudgetMemory memory) {
        SortedMap<String, BudgetMemory> all = new TreeMap<>(budgets);
        all.put(budget, memory);
        return new DecisionMemory(heads, neurons, all);
    }

    /** With other noise floors. */
    public DecisionMemory with(NoiseFloor ofHeads, NoiseFloor ofNeurons) {
        return new DecisionMemory(ofHeads, ofNeurons, budgets);
    }

    /** Writes a version and all fields. */
    void write(DataOutput out) throws IOException {
        StateVersion.write(out, VERSION);
        write(out, heads);
        write(out, neurons);
        out.writeInt(budgets.size());
        for (var budget : budgets.entrySet()) {
            out.writeUTF(budget.getKey());
            budget.getValue().write(out);
        }
    }

    private static void write(DataOutput out, NoiseFloor floor) throws IOException {
        out.writeInt(floor.recent().size());
        for (double distance : floor.recent()) {
            out.writeDouble(distance);
        }
    }

    /** Reads what {@link #write} wrote. */
    static DecisionMemory read(DataInput in) throws IOException {
        StateVersion.require(in, VERSION, "decision memory");
        NoiseFloor heads = readFloor(in);
        NoiseFloor neurons = readFloor(in);
        SortedMap<String, BudgetMemory> budgets = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            budgets.put(in.readUTF(), BudgetMemory.read(in));
        }
        return new DecisionMemory(heads, neurons, budgets);
    }

    private static NoiseFloor readFloor(DataInput in) throws IOException {
        List<Double> recent = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            recent.add(in.readDouble());
        }
        return new NoiseFloor(recent);
    }
}
