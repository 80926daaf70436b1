package io.espalier.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Splits samples into batches of similar length, so that little is computed for padding.
 *
 * <p>Indices are sorted by length (ties by position) and cut where a batch would exceed a number of
 * padded tokens. A sample longer than that number gets a batch of its own.
 */
final class LengthSorted {

    private LengthSorted() {}

    /** Batches of indices into the list; together a permutation of all of them. */
    static List<int[]> batches(List<Encoding> encodings, int maxTokens) {
        int[] order =
                IntStream.range(0, encodings.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(i -> encodings.get(i).length()))
                        .mapToInt(Integer::intValue)
                        .toArray();
        List<int[]> batches = new ArrayList<>();
        int start = 0;
        for (int end = 1; end <= order.length; end++) {
            boolean last = end == order.length;
            if (last || (end + 1 - start) * encodings.get(order[end]).length() > maxTokens) {
                batches.add(java.util.Arrays.copyOfRange(order, start, end));
                start = end;
            }
        }
        return batches;
    }
}
