/**
 * The records' way to bytes and back: single-object encoding, limits, validation, dead letters. May
 * know {@code mask}, Avro and the JDK.
 */
@NullMarked
package io.espalier.wire.codec;

import org.jspecify.annotations.NullMarked;
