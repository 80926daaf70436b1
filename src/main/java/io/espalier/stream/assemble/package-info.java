/**
 * From repaired projections to a staged, evaluated candidate. May know every room below {@code
 * stream}.
 */
@NullMarked
package io.espalier.stream.assemble;

import org.jspecify.annotations.NullMarked;
