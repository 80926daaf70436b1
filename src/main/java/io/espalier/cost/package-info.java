/** What units cost and what may be spent. May know {@code mask} and Jackson. */
@NullMarked
package io.espalier.cost;

import org.jspecify.annotations.NullMarked;
