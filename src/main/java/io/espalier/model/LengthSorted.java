package io.espalier.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Splits samples into batches of similar length, so that attention computes little for padding.
 *
 * <p>Indices are sorted by length (ties by position) and cut where a batch would exceed a number of
 * tokens. A sample longer than that number gets a batch of its own.
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
        int tokens = 0;
        for (int end = 0; end < order.length; end++) {
            int length = encodings.get(order[end]).length();
            if (end > start && tokens + length > maxTokens) {
                batches.add(Arrays.copyOfRange(order, start, end));
                start = end;
                tokens = 0;
            }
            tokens += length;
        }
        if (start < order.length) {
            batches.add(Arrays.copyOfRange(order, start, order.length));
        }
        return batches;
    }
}
