package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where samples were read: of each partition the first and the last offset that counted.
 *
 * <p>Immutable. What lies between two offsets need not all have counted: other windows', held-out
 * and refused samples lie there too.
 *
 * @param partitions ranges by {@code <topic>-<partition>}
 */
public record SampleOffsets(SortedMap<String, Range> partitions) {

    /** Of no sample. */
    public static final SampleOffsets NONE = new SampleOffsets(new TreeMap<>());

    /** Copies the map. */
    public SampleOffsets {
        partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
    }

    /**
     * A range of offsets.
     *
     * @param first inclusive
     * @param last inclusive
     */
    public record Range(long first, long last) {

        private Range union(Range other) {
            return new Range(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /** With one sample more. */
    public SampleOffsets with(String topic, int partition, long offset) {
        SortedMap<String, Range> more = new TreeMap<>(partitions);
        more.merge(topic + "-" + partition, new Range(offset, offset), Range::union);
        return new SampleOffsets(more);
    }

    /** With the samples of others. */
    public SampleOffsets union(SampleOffsets others) {
        SortedMap<String, Range> more = new TreeMap<>(partitions);
        others.partitions.forEach((name, range) -> more.merge(name, range, Range::union));
        return new SampleOffsets(more);
    }

    /** Writes all ranges. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(partitions.size());
        for (var range : partitions.entrySet()) {
            out.writeUTF(range.getKey());
            out.writeLong(range.getValue().first());
            out.writeLong(range.getValue().last());
        }
    }

    /** Reads what {@link #write} wrote. */
    public static SampleOffsets read(DataInput in) throws IOException {
        SortedMap<String, Range> partitions = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            partitions.put(in.readUTF(), new Range(in.readLong(), in.readLong()));
        }
        return new SampleOffsets(partitions);
    }
}
