package io.espalier.wire.codec;

/**
 * Where a Kafka record stood.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its offset in the partition
 * @param timestamp its event time, milliseconds since the epoch
 */
public record Origin(String topic, int partition, long offset, long timestamp) {}
