package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import java.util.List;

/**
 * A batch of B token sequences, right-padded to the longest, T.
 *
 * @param ids (B, T) int64 token ids
 * @param typeIds (B, T) int64 segments
 * @param valid (B, T) float32, 1 for tokens and 0 for padding
 * @param keyBias (B, 1, 1, T) float32, added to attention scores: 0 for tokens, minus infinity for
 *     padding
 */
public record BertInput(NDArray ids, NDArray typeIds, NDArray valid, NDArray keyBias) {

    /**
     * Pads sequences into arrays of a manager.
     *
     * @param ids token ids of each sample
     * @param typeIds segments, same lengths
     */
    public static BertInput of(
            List<int[]> ids, List<int[]> typeIds, int padding, NDManager manager) {
        int rows = ids.size();
        int columns = ids.stream().mapToInt(row -> row.length).max().orElseThrow();
        long[] paddedIds = new long[rows * columns];
        long[] paddedTypes = new long[rows * columns];
        float[] valid = new float[rows * columns];
        float[] keyBias = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            int length = ids.get(row).length;
            for (int column = 0; column < columns; column++) {
                int at = row * columns + column;
                boolean token = column < length;
                paddedIds[at] = token ? ids.get(row)[column] : padding;
                paddedTypes[at] = token ? typeIds.get(row)[column] : 0;
                valid[at] = token ? 1f : 0f;
                keyBias[at] = token ? 0f : Float.NEGATIVE_INFINITY;
            }
        }
        Shape shape = new Shape(rows, columns);
        return new BertInput(
                manager.create(paddedIds, shape),
                manager.create(paddedTypes, shape),
                manager.create(valid, shape),
                manager.create(keyBias, new Shape(rows, 1, 1, columns)));
    }
}
