/**
 * What the {@code config.json} of a model says, checked; a class a family. May know {@code mask}
 * and Jackson.
 */
@NullMarked
package io.espalier.architecture;

import org.jspecify.annotations.NullMarked;
