package io.espalier.client;

import java.util.Arrays;
import java.util.List;

/**
 * Texts side by side, each filled up to the longest: B texts of S tokens, row by row.
 *
 * @param batch B
 * @param length S
 * @param ids [B * S], padding 0
 * @param mask [B * S], 1 for a token and 0 for padding
 * @param typeIds [B * S]
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one request, never compared.
record TokenBatch(int batch, int length, long[] ids, long[] mask, long[] typeIds) {

    /** Of at least one text. */
    static TokenBatch of(List<Tokens> texts) {
        int length = texts.stream().mapToInt(Tokens::length).max().orElseThrow();
        long[] ids = new long[texts.size() * length];
        long[] mask = new long[ids.length];
        long[] typeIds = new long[ids.length];
        int at = 0;
        for (Tokens text : texts) {
            System.arraycopy(text.ids(), 0, ids, at, text.length());
            System.arraycopy(text.typeIds(), 0, typeIds, at, text.length());
            Arrays.fill(mask, at, at + text.length(), 1);
            at += length;
        }
        return new TokenBatch(texts.size(), length, ids, mask, typeIds);
    }

    long[] shape() {
        return new long[] {batch, length};
    }
}
