/**
 * Repair of what pruning leaves: the output projection re-solved, or its inputs rescaled, from
 * second moments. May know {@code mask}, {@code fisher} and {@code linalg}.
 */
@NullMarked
package io.espalier.tuning;

import org.jspecify.annotations.NullMarked;
