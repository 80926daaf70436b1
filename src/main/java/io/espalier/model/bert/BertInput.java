package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A batch of B token sequences without padding: N tokens, sequence after sequence.
 *
 * <p>Only attention sees padding, and only as much as the lengths inside a group differ; so
 * sequences should come sorted by length.
 *
 * @param ids (N) int64 token ids
 * @param typeIds (N) int64 segments
 * @param positions (N) int64 positions, from 0 in each sequence
 * @param first (B) int64 rows of the sequences' first tokens
 * @param groups runs of sequences of similar length; together all of them, in order
 */
public record BertInput(
        NDArray ids,
        NDArray typeIds,
        NDArray positions,
        NDArray first,
        List<AttentionGroup> groups) {

    /** Longest sequence of a group in terms of its shortest. */
    private static final double SPREAD = 1.4;

    /** Copies the list. */
    public BertInput {
        groups = List.copyOf(groups);
    }

    /**
     * Packs sequences into arrays of a manager.
     *
     * @param ids token ids of each sequence
     * @param typeIds segments, same lengths
     */
    public static BertInput of(List<int[]> ids, List<int[]> typeIds, NDManager manager) {
        int[] lengths = ids.stream().mapToInt(sequence -> sequence.length).toArray();
        long[] first = new long[lengths.length];
        for (int i = 1; i < first.length; i++) {
            first[i] = first[i - 1] + lengths[i - 1];
        }
        List<int[]> positions =
                IntStream.of(lengths).mapToObj(n -> IntStream.range(0, n).toArray()).toList();
        return new BertInput(
                packed(ids, manager),
                packed(typeIds, manager),
                packed(positions, manager),
                manager.create(first),
                groups(lengths, first, manager));
    }

    private static NDArray packed(List<int[]> sequences, NDManager manager) {
        return manager.create(
                sequences.stream().flatMapToInt(IntStream::of).asLongStream().toArray());
    }

    private static List<AttentionGroup> groups(int[] lengths, long[] first, NDManager manager) {
        List<AttentionGroup> groups = new ArrayList<>();
        int start = 0;
        int shortest = lengths[0];
        int longest = lengths[0];
        for (int end = 1; end <= lengths.length; end++) {
            if (end < lengths.length) {
                shortest = Math.min(shortest, lengths[end]);
                longest = Math.max(longest, lengths[end]);
            }
            if (end == lengths.length || longest > SPREAD * shortest) {
                groups.add(AttentionGroup.of(lengths, first, start, end, manager));
                start = end;
                if (end < lengths.length) {
                    shortest = lengths[end];
                    longest = lengths[end];
                }
            }
        }
        return groups;
    }

    /**
     * Sequences whose attention is computed together, padded to the longest.
     *
     * <p>Shape letters: b sequences of n tokens in all, T the longest.
     *
     * @param padded (b, T) int64, for each padded place its row among the batch's N tokens; padding
     *     repeats the sequence's first
     * @param packed (n) int64, for each token its place among the b T
     * @param valid (b, T, 1) float32, 1 for tokens and 0 for padding
     * @param keyBias (b, 1, 1, T) float32, added to scores: 0 for tokens, minus infinity for
     *     padding
     */
    public record AttentionGroup(NDArray padded, NDArray packed, NDArray valid, NDArray keyBias) {

        private static AttentionGroup of(
                int[] lengths, long[] first, int start, int end, NDManager manager) {
            int rows = end - start;
            int columns = IntStream.range(start, end).map(i -> lengths[i]).max().orElseThrow();
            int tokens = IntStream.range(start, end).map(i -> lengths[i]).sum();
            long[] padded = new long[rows * columns];
            long[] packed = new long[tokens];
            float[] valid = new float[rows * columns];
            float[] keyBias = new float[rows * columns];
            int token = 0;
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    int place = row * columns + column;
                    boolean inside = column < lengths[start + row];
                    padded[place] = first[start + row] + (inside ? column : 0);
                    valid[place] = inside ? 1f : 0f;
                    keyBias[place] = inside ? 0f : Float.NEGATIVE_INFINITY;
                    if (inside) {
                        packed[token++] = place;
                    }
                }
            }
            return new AttentionGroup(
                    manager.create(padded, new Shape(rows, columns)),
                    manager.create(packed),
                    manager.create(valid, new Shape(rows, columns, 1)),
                    manager.create(keyBias, new Shape(rows, 1, 1, columns)));
        }
    }
}
