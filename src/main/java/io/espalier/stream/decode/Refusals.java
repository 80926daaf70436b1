package io.espalier.stream.decode;

import io.espalier.stream.type.RawRecord;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.DeadLetters;
import io.espalier.wire.codec.Stage;
import io.espalier.wire.codec.WireException;

/** Dead letters of records that are no samples. */
final class Refusals {

    private Refusals() {}

    /** Of a record that cannot be decoded. */
    static DeadLetter of(RawRecord raw, WireException problem) {
        Class<?> error =
                problem.getCause() == null ? problem.getClass() : problem.getCause().getClass();
        return of(raw, Stage.DECODE, error, String.valueOf(problem.getMessage()));
    }

    /** Of a record that is refused at a stage. */
    static DeadLetter of(RawRecord raw, Stage stage, Class<?> error, String message) {
        byte[] value = raw.value();
        return DeadLetters.of(
                value == null ? new byte[0] : value, raw.origin(), stage, error.getName(), message);
    }
}
