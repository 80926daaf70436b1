/**
 * The Flink job: the topology, its sources and sinks, a sub-package for each step. May know every
 * room below and Flink.
 */
@NullMarked
package io.espalier.stream;

import org.jspecify.annotations.NullMarked;
