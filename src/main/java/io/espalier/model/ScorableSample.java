package io.espalier.model;

/**
 * A labelled sample, ready to be scored or evaluated.
 *
 * @param id unique name; random choices are functions of it
 * @param encoding its tokens
 * @param label index of the right class, in [0, C)
 */
public record ScorableSample(String id, Encoding encoding, int label) {}
