/**
 * Options declared once as Flink options, read into one immutable record; unknown or contradictory
 * keys refuse to start. May know Flink's config types.
 */
@NullMarked
package io.espalier.config;

import org.jspecify.annotations.NullMarked;
