/** From masks and moments to repaired projections. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.tune;

import org.jspecify.annotations.NullMarked;
