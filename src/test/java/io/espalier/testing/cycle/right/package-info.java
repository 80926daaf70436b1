/** One side of a cycle on purpose. */
@NullMarked
package io.espalier.testing.cycle.right;

import org.jspecify.annotations.NullMarked;
