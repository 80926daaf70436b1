/**
 * What travels between the operators and rests in their state, with explicit serializers. May know
 * every room below {@code stream}.
 */
@NullMarked
package io.espalier.stream.type;

import org.jspecify.annotations.NullMarked;
