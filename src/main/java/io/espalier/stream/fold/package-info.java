/** From partial statistics to those of a window. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.fold;

import org.jspecify.annotations.NullMarked;
