package io.espalier.client;

import io.espalier.artifact.SelfCheck;

import java.util.List;

/**
 * One text as a model reads it, special tokens included, without padding.
 *
 * @param ids of the tokens; not to be written to
 * @param typeIds segment of each token, same length; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one request, never compared.
record Tokens(long[] ids, long[] typeIds) {

    /** Checks that the lengths agree. */
    Tokens {
        if (ids.length == 0 || ids.length != typeIds.length) {
            throw new IllegalArgumentException(
                    ids.length + " token ids and " + typeIds.length + " type ids");
        }
    }

    /** An input of a self-check. */
    static Tokens of(SelfCheck.Input input) {
        return new Tokens(longs(input.ids()), longs(input.types()));
    }

    private static long[] longs(List<Integer> values) {
        return values.stream().mapToLong(Integer::longValue).toArray();
    }

    int length() {
        return ids.length;
    }
}
