package io.espalier.wire.codec;

import java.util.Locale;

/** Where on its way an input was refused. */
public enum Stage {
    /** Its bytes are no calibration sample. */
    DECODE,
    /** It is a sample that the model cannot be asked about. */
    VALIDATE,
    /** It came after its window was decided. */
    LATE,
    /** Its gradient is not finite. */
    SCORE,
    /** It was being scored, alone, when the process died, and in a micro-batch before. */
    NATIVE;

    /** The name in headers, records and metrics: {@code decode}, {@code validate}, ... */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
