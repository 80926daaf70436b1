/** Which units to keep. May know {@code mask}, {@code fisher}, {@code cost} and {@code linalg}. */
@NullMarked
package io.espalier.search;

import org.jspecify.annotations.NullMarked;
