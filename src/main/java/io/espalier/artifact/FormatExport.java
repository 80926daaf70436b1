package io.espalier.artifact;

import io.espalier.onnx.OnnxExport;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorContent;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;

/**
 * Makes the other forms of a slim model. All of them compute what the slim one does, and their
 * bytes are functions of its files.
 */
public final class FormatExport {

    static final String WEIGHTS = "model.safetensors";

    static final String TOKENIZER = "tokenizer.json";

    /** Files that go with the weights, as Hugging Face calls them. */
    private static final List<String> COMPANIONS =
            List.of(
                    TOKENIZER,
                    TokenizerConfig.FILE,
                    "vocab.txt",
                    "vocab.json",
                    "merges.txt",
                    "special_tokens_map.json");

    private final Path slim;
    private final ModelConfig config;
    private final Sink sink;

    private FormatExport(Path slim, Sink sink) throws IOException {
        this.slim = slim;
        this.config = ModelConfig.read(slim);
        this.sink = sink;
    }

    /** Takes files. */
    @FunctionalInterface
    interface Sink {

        /** One file, by its plain name. */
        void add(String name, FileOps.Content content) throws IOException;
    }

    /**
     * Writes one form of a model into an empty directory.
     *
     * @param model a slim directory; for a graph also a dense one
     * @throws ArtifactException if the form cannot be made of it
     */
    public static void write(ModelFormat format, Path model, Path directory) throws IOException {
        write(
                format,
                model,
                (name, content) -> {
                    try (OutputStream out =
                            new BufferedOutputStream(
                                    Files.newOutputStream(
                                            directory.resolve(name),
                                            StandardOpenOption.CREATE_NEW,
                                            StandardOpenOption.WRITE))) {
                        content.writeTo(out);
                    }
                });
    }

    static void write(ModelFormat format, Path model, Sink sink) throws IOException {
        FormatExport export = new FormatExport(model, sink);
        switch (format) {
            case SLIM -> throw new ArtifactException("a slim model is what others are made of");
            case STOCK -> export.stock();
            case ONNX -> export.onnx();
            case DJL -> export.djl();
        }
    }

    /** Copies the files that go with a model's weights. */
    static void companions(Path model, Sink sink) throws IOException {
        for (String name : COMPANIONS) {
            companion(model, name, sink);
        }
    }

    private static void companion(Path model, String name, Sink sink) throws IOException {
        Path companion = model.resolve(name);
        if (Files.isRegularFile(companion)) {
            sink.add(name, out -> Files.copy(companion, out));
        }
    }

    private void stock() throws IOException {
        byte[] json = StockModel.config(config);
        sink.add(ModelConfig.FILE, out -> out.write(json));
        try (SafetensorsFile weights = SafetensorsFile.open(slim.resolve(WEIGHTS))) {
            SortedMap<String, TensorContent> tensors =
                    StockModel.tensors(weights, config.architecture());
            sink.add(WEIGHTS, out -> SafetensorsWriter.write(out, tensors, SafetensorsWriter.PT));
        }
        companions(slim, sink);
    }

    private void onnx() throws IOException {
        sink.add("model.onnx", out -> OnnxExport.write(slim, out));
        byte[] json = Json.write(config.original());
        sink.add(ModelConfig.FILE, out -> out.write(json));
        companion(slim, TOKENIZER, sink);
    }

    private void djl() throws IOException {
        onnx();
        byte[] properties = DjlServing.properties(config.architecture().positions());
        sink.add(DjlServing.FILE, out -> out.write(properties));
    }
}
