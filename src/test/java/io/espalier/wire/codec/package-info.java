/** Tests of the records' way to bytes and back. */
@NullMarked
package io.espalier.wire.codec;

import org.jspecify.annotations.NullMarked;
