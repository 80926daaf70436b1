package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * A uniform sample of at most s gradient rows of one sublayer: those of the smallest hashes.
 *
 * <p>"Bottom-s" sampling: which rows stay depends on the set of rows seen, not on their order or on
 * how they were grouped, so samples merge. Mutable, not thread-safe; {@link #merge} leaves its
 * argument untouched.
 */
public final class GradientRows {

    private final int capacity;
    private final int units;
    private final TreeSet<GradientRow> rows = new TreeSet<>();

    /** An empty sample of rows of a number of units. */
    public GradientRows(int capacity, int units) {
        this.capacity = capacity;
        this.units = units;
    }

    /** Offers a row, which is kept if its hash is among the s smallest so far. */
    public void offer(GradientRow row) {
        if (row.gradient().length != units) {
            throw new IllegalArgumentException(
                    "gradient row of " + row.gradient().length + " units, expected " + units);
        }
        if (wants(row.hash()) && rows.add(row) && rows.size() > capacity) {
            rows.pollLast();
        }
    }

    /** Whether a row of this hash could be kept. */
    public boolean wants(long hash) {
        return capacity > 0
                && (rows.size() < capacity || Long.compareUnsigned(hash, rows.last().hash()) <= 0);
    }

    /** Offers all rows of another sample. */
    public void merge(GradientRows other) {
        other.rows.forEach(this::offer);
    }

    /** The rows, smallest hash first. */
    public List<GradientRow> rows() {
        return List.copyOf(rows);
    }

    /** Writes capacity, units and rows. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(capacity);
        out.writeInt(units);
        out.writeInt(rows.size());
        for (GradientRow row : rows) {
            out.writeLong(row.hash());
            Floats.write(out, row.gradient());
        }
    }

    /** Reads what {@link #write} wrote. */
    public static GradientRows read(DataInput in) throws IOException {
        GradientRows read = new GradientRows(in.readInt(), in.readInt());
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            read.rows.add(new GradientRow(in.readLong(), Floats.read(in, read.units)));
        }
        return read;
    }
}
