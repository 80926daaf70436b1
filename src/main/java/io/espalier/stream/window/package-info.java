/** How event time is cut into what decisions rest on. May know {@code config}. */
@NullMarked
package io.espalier.stream.window;

import org.jspecify.annotations.NullMarked;
