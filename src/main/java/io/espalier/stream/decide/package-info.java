/** From a window's statistics to masks. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.decide;

import org.jspecify.annotations.NullMarked;
