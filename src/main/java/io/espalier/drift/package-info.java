/**
 * What has changed, and how good a model is on held-out samples: pure functions. May know {@code
 * mask}, {@code fisher} and Commons Math.
 */
@NullMarked
package io.espalier.drift;

import org.jspecify.annotations.NullMarked;
