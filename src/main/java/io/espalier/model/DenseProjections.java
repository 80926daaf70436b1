package io.espalier.model;

import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.safetensors.SafetensorsFile;

import java.io.IOException;
import java.nio.file.Path;

/** The output projections of a dense model, read from its directory. */
public final class DenseProjections {

    private DenseProjections() {}

    /** One sublayer's projection, as float32. */
    public static Projection read(Path directory, Sublayer sublayer) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            float[] bias = file.floats(sublayer.projection() + ".bias");
            float[] weight = file.floats(sublayer.projection() + ".weight");
            return new Projection(sublayer.inputWidth(), bias.length, weight, bias);
        }
    }
}
