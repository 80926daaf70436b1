/** Tests of the room. */
@NullMarked
package io.espalier.batch;

import org.jspecify.annotations.NullMarked;
