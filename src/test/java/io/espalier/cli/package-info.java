/** Tests of the command line's frame. */
@NullMarked
package io.espalier.cli;

import org.jspecify.annotations.NullMarked;
