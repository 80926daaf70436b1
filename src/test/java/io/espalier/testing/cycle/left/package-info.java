/** One side of a cycle on purpose. */
@NullMarked
package io.espalier.testing.cycle.left;

import org.jspecify.annotations.NullMarked;
