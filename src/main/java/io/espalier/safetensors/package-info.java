/** Hardened reader and byte-stable writer of safetensors. May know the JDK and a JSON parser. */
@NullMarked
package io.espalier.safetensors;

import org.jspecify.annotations.NullMarked;
