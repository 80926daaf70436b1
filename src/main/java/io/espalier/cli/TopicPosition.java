package io.espalier.cli;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/**
 * A place in a topic, as an offset or as the time a record was written.
 *
 * @param offset in each partition; null if it is a time
 * @param time null if it is an offset
 */
record TopicPosition(@Nullable Long offset, @Nullable Instant time) {

    /** Offset of the first record at or after this position; the end if there is none. */
    long in(Consumer<?, ?> consumer, TopicPartition partition, long end) {
        if (offset != null) {
            return Math.min(offset, end);
        } else if (time == null) {
            throw new IllegalStateException("neither offset nor time");
        }
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli())).get(partition);
        return found == null ? end : Math.min(found.offset(), end);
    }

    /** From the command line: digits are an offset, anything else a time. */
    static final class Converter implements ITypeConverter<TopicPosition> {

        @Override
        public TopicPosition convert(String text) {
            try {
                return text.matches("\\d{1,18}")
                        ? new TopicPosition(Long.parseLong(text), null)
                        : new TopicPosition(null, Instant.parse(text));
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'" + text + "' is neither an offset nor a time like 2026-11-01T12:00:00Z");
            }
        }
    }
}
