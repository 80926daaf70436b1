/** Sublayers, masks and their differences. May know the JDK only. */
@NullMarked
package io.espalier.mask;

import org.jspecify.annotations.NullMarked;
