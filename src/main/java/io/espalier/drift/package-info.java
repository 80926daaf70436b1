/**
 * What has changed, when to decide anew and what may become live: pure functions of numbers. May
 * know {@code mask}, {@code fisher} and Commons Math.
 */
@NullMarked
package io.espalier.drift;

import org.jspecify.annotations.NullMarked;
