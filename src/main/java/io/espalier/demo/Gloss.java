package io.espalier.demo;

/**
 * One sense of WordNet as a labelled text.
 *
 * @param id part of speech and offset in the database, like {@code n00001740}
 * @param label name of the lexicographer class, like {@code noun.animal}
 * @param text the definition, without its quoted examples
 */
public record Gloss(String id, String label, String text) {
    /** Whether this is a sense of a verb; otherwise it is one of a noun. */
    public boolean verb() {
        return label.startsWith("verb.");
    }
}
