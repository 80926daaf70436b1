/** The commands: what is typed, what is printed, how it ends. May know all other packages. */
@NullMarked
package io.espalier.cli;

import org.jspecify.annotations.NullMarked;
