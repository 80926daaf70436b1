package io.espalier.model;

/**
 * A sample, ready to be scored or evaluated.
 *
 * @param id unique name; random choices are functions of it
 * @param encoding its tokens
 * @param target index of the right class, or the right value of a regression; NaN if unknown
 */
public record ScorableSample(String id, Encoding encoding, double target) {

    /** A sample of which the right answer is not known. */
    public static ScorableSample unlabelled(String id, Encoding encoding) {
        return new ScorableSample(id, encoding, Double.NaN);
    }

    /** Index of the right class, -1 if unknown. */
    public int label() {
        return Double.isNaN(target) ? -1 : (int) target;
    }
}
