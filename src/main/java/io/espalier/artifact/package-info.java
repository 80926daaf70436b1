/**
 * Pruned-model directories: folding, slim models, manifests, staging and publication. May know
 * {@code mask}, {@code safetensors} and a JSON library.
 */
@NullMarked
package io.espalier.artifact;

import org.jspecify.annotations.NullMarked;
