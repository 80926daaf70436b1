package io.espalier.stream;

import java.io.Serializable;

/**
 * Where the task managers find the dense parent.
 *
 * @param directory its Hugging Face directory, on a path that every task manager can read
 * @param maxLength tokens after which texts are cut
 */
public record ModelReference(String directory, int maxLength) implements Serializable {}
