package io.espalier.client;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What replaying a version's self-check gave, wherever its directory lies.
 *
 * @param inputs replayed, each alone and all in one batch; 0 if the version has no self-check
 * @param worst largest difference of a logit, within the check's tolerance
 */
public record SelfCheckReplay(int inputs, double worst) {

    /**
     * In ONNX Runtime, of {@code onnx/}.
     *
     * @throws IOException if the directory is not what its manifest says, cannot be loaded, or
     *     gives other logits
     */
    public static SelfCheckReplay inOnnxRuntime(Path directory) throws IOException {
        return replay(directory, OnnxNetwork.loader(1));
    }

    /** The same through DJL, of {@code djl/}. */
    public static SelfCheckReplay inDjl(Path directory) throws IOException {
        return replay(directory, DjlNetwork.loader());
    }

    private static SelfCheckReplay replay(Path directory, Loader loader) throws IOException {
        String digest = ManifestVerifier.digest(directory);
        Manifest manifest = ManifestVerifier.verify(directory, digest);
        VerifiedVersion version =
                VerifiedVersion.of(
                        new ModelVersion(manifest.model(), manifest.version(), digest), directory);
        try (LoadedModel model = loader.load(version)) {
            return Preparation.selfCheck(version, model);
        }
    }
}
