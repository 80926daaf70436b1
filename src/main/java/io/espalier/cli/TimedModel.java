package io.espalier.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.architecture.BertConfig;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.onnx.OnnxExport;
import io.espalier.safetensors.SafetensorsFile;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model whose time is measured.
 *
 * @param name of its directory
 * @param directory as it was named
 * @param weights Hugging Face directory, dense or slim
 * @param graph its ONNX file: the published one, else one made for the occasion
 * @param config of the weights
 */
record TimedModel(String name, Path directory, Path weights, Path graph, BertConfig config) {

    private static final String SLIM = "slim";

    /**
     * Finds a model's parts.
     *
     * @param directory a dense model, a slim one, or a published version, whose files are verified
     * @param scratch where a graph is written if there is none
     * @throws CommandFailure if it is none of these
     */
    static TimedModel of(Path directory, Path scratch) throws IOException {
        boolean published = Files.exists(directory.resolve(Manifest.FILE));
        if (published) {
            ManifestVerifier.verify(directory);
        }
        Path weights = published ? directory.resolve(SLIM) : directory;
        Path file = weights.resolve("config.json");
        if (!Files.exists(file) || !Files.exists(weights.resolve("model.safetensors"))) {
            throw new CommandFailure(
                    directory
                            + (published
                                    ? ": was published without slim/, which has its structure; add"
                                            + " slim to espalier.publish.formats"
                                    : ": has no config.json with model.safetensors; name a model's"
                                            + " directory or a published version"));
        }
        BertConfig config = config(file);
        Path graph = directory.resolve("onnx").resolve("model.onnx");
        if (!published || !Files.exists(graph)) {
            graph = Files.createTempFile(scratch, "model", ".onnx");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(graph))) {
                OnnxExport.write(weights, out);
            }
        }
        return new TimedModel(name(directory), directory, weights, graph, config);
    }

    private static BertConfig config(Path file) throws IOException {
        try {
            return BertConfig.parse(new ObjectMapper().readTree(file.toFile()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(file + ": " + e.getMessage(), e);
        }
    }

    private static String name(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        Path parent = path.getParent();
        return path.endsWith(SLIM) && parent != null
                ? parent.getFileName() + "/" + SLIM
                : String.valueOf(path.getFileName());
    }

    /** Whether it is a published version, beside whose files figures may be recorded. */
    boolean published() {
        return Files.exists(directory.resolve(Manifest.FILE));
    }

    /**
     * Makes sure that another model is of the same parent as this one, or its parent.
     *
     * @throws CommandFailure if it is not: a ratio of their times would mean nothing
     */
    void requireKin(TimedModel other) throws IOException {
        String mine = parent();
        String its = other.parent();
        if (!mine.equals(its)) {
            throw new CommandFailure(
                    other.directory
                            + ": comes from the model sha256:"
                            + its
                            + ", but "
                            + directory
                            + " from sha256:"
                            + mine
                            + "; compare models of one parent");
        }
    }

    /** Digest of the dense weights. */
    private String parent() throws IOException {
        if (config.parent() != null) {
            return config.parent();
        }
        try (SafetensorsFile file = SafetensorsFile.open(weights.resolve("model.safetensors"))) {
            return file.sha256();
        }
    }
}
