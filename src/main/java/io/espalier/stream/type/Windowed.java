package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A value of one event-time window.
 *
 * @param windowEnd exclusive end of the window, milliseconds since the epoch
 * @param value the value
 */
public record Windowed<T>(long windowEnd, T value) {

    /** A codec for windowed values, given one for the values. */
    static <T> Codec<Windowed<T>> codec(Codec<T> values) {
        return new Codec<>() {
            @Override
            public void write(Windowed<T> windowed, DataOutput out) throws IOException {
                out.writeLong(windowed.windowEnd);
                values.write(windowed.value, out);
            }

            @Override
            public Windowed<T> read(DataInput in) throws IOException {
                return new Windowed<>(in.readLong(), values.read(in));
            }
        };
    }
}
