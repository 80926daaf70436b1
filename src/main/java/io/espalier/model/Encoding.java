package io.espalier.model;

/**
 * One tokenised text or pair of texts, special tokens included.
 *
 * @param ids token ids, 1 to the model's number of positions; not to be written to
 * @param typeIds segment of each token, 0 or 1, same length; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one pass, never compared.
public record Encoding(int[] ids, int[] typeIds) {

    /** Checks that the lengths agree. */
    public Encoding {
        if (ids.length == 0 || ids.length != typeIds.length) {
            throw new IllegalArgumentException(
                    "encoding has " + ids.length + " ids and " + typeIds.length + " type ids");
        }
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }
}
