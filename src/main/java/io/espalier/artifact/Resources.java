package io.espalier.artifact;

import java.io.FileNotFoundException;
import java.io.IOException;

/** Files that are published as they are, from this package's resources. */
final class Resources {

    private Resources() {}

    static byte[] read(String name) throws IOException {
        try (var in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("the jar lacks its file '" + name + "'");
            }
            return in.readAllBytes();
        }
    }
}
