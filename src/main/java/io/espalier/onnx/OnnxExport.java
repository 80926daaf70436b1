package io.espalier.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Stand-in. */
public final class OnnxExport {
    private OnnxExport() {}

    /** Nothing. */
    public static void write(Path modelDirectory, OutputStream out) throws IOException {
        out.flush();
    }
}
