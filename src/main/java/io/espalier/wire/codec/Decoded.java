package io.espalier.wire.codec;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DeadLetter;

/** What became of one input: exactly one of a valid sample and a dead letter. */
public sealed interface Decoded {

    /** A sample that may be scored. */
    record Accepted(CalibrationSample sample) implements Decoded {}

    /** An input that was refused, with the reason. */
    record Rejected(DeadLetter letter) implements Decoded {}
}
