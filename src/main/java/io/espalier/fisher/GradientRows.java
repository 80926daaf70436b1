package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * A sample of at most s gradient rows of one sublayer, each drawn with a chance that follows its
 * weight: those of the smallest keys.
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

    /** Rows kept at most. */
    int capacity() {
        return capacity;
    }

    /** Offers a row, which is kept if its key is among the s smallest so far. */
    public void offer(GradientRow row) {
        if (row.gradient().length != units) {
            throw new IllegalArgumentException(
                    "gradient row of " + row.gradient().length + " units, expected " + units);
        }
        if (capacity > 0 && rows.add(row) && rows.size() > capacity) {
            rows.pollLast();
        }
    }

    /** Lets every row weigh less than it did. */
    void decay(double factor) {
        List<GradientRow> lighter = rows.stream().map(row -> row.weighted(factor)).toList();
        rows.clear();
        rows.addAll(lighter);
    }

    /** Offers all rows of another sample. */
    public void merge(GradientRows other) {
        other.rows.forEach(this::offer);
    }

    /** The rows, smallest key first. */
    public List<GradientRow> rows() {
        return List.copyOf(rows);
    }

    /** Writes capacity, units and rows. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(capacity);
        out.writeInt(units);
        out.writeInt(rows.size());
        for (GradientRow row : rows) {
            row.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static GradientRows read(DataInput in) throws IOException {
        GradientRows read = new GradientRows(in.readInt(), in.readInt());
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            read.rows.add(GradientRow.read(in, read.units));
        }
        return read;
    }
}
