/** From bytes to samples. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.decode;

import org.jspecify.annotations.NullMarked;
