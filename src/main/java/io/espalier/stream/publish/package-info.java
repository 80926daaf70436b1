/** From a staged candidate to a published one. May know every room below {@code stream}. */
@NullMarked
package io.espalier.stream.publish;

import org.jspecify.annotations.NullMarked;
