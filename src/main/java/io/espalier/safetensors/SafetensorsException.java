package io.espalier.safetensors;

import java.io.IOException;

/** A file that breaks the format; the message names the file, the tensor and both numbers. */
public final class SafetensorsException extends IOException {

    SafetensorsException(String file, String problem) {
        super(file + ": " + problem);
    }

    SafetensorsException(String file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
