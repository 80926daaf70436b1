package io.espalier.client;

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

    int length() {
        return ids.length;
    }
}
