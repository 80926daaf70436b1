/**
 * The only room that knows DJL: models, tokenisation, scoring, evaluation. May know {@code mask},
 * {@code fisher}, {@code linalg} and {@code safetensors}.
 */
@NullMarked
package io.espalier.model;

import org.jspecify.annotations.NullMarked;
