/**
 * Serving: follows published models, verifies, loads and swaps them. For services that know neither
 * Flink nor the job. May know {@code artifact}, {@code wire}, Kafka's clients, ONNX Runtime and
 * DJL.
 */
@NullMarked
package io.espalier.client;

import org.jspecify.annotations.NullMarked;
