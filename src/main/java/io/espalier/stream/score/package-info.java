/** From samples to partial statistics. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.score;

import org.jspecify.annotations.NullMarked;
