/** Mergeable running statistics. May know {@code mask} and {@code linalg}. */
@NullMarked
package io.espalier.fisher;

import org.jspecify.annotations.NullMarked;
