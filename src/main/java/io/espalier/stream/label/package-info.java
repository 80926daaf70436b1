/** Joins labels that come after their samples. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.label;

import org.jspecify.annotations.NullMarked;
