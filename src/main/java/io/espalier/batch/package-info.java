/**
 * Decisions over samples at hand, which may be replayed. May know every room below {@code stream}
 * but {@code wire} and {@code config}; no Flink, Kafka, Avro or DJL.
 */
@NullMarked
package io.espalier.batch;

import org.jspecify.annotations.NullMarked;
