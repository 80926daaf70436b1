package io.espalier.tuning;

import io.espalier.mask.Sublayer;

/**
 * The split of a projection's k inputs into those of kept units, S, and of removed ones, R.
 *
 * @param kept input indices of S, ascending
 * @param removed input indices of R, ascending
 * @param position for each input its place in S or in R
 * @param keeps for each input whether it is in S
 */
@SuppressWarnings("ArrayRecordComponent") // Passed between methods of one room, never compared.
record KeptInputs(int[] kept, int[] removed, int[] position, boolean[] keeps) {

    /**
     * The split a sublayer's mask values make; a unit of value 0 is removed with all its inputs.
     */
    static KeptInputs of(Sublayer sublayer, float[] values) {
        int width = sublayer.inputWidth();
        int[] position = new int[width];
        boolean[] keeps = new boolean[width];
        int count = 0;
        for (int i = 0; i < width; i++) {
            keeps[i] = values[i / sublayer.unitWidth()] != 0f;
            position[i] = keeps[i] ? count++ : i - count;
        }
        int[] kept = new int[count];
        int[] removed = new int[width - count];
        for (int i = 0; i < width; i++) {
            (keeps[i] ? kept : removed)[position[i]] = i;
        }
        return new KeptInputs(kept, removed, position, keeps);
    }
}
