package io.espalier.artifact;

import java.nio.charset.StandardCharsets;

/**
 * What DJL and DJL Serving read to serve the ONNX graph beside it.
 *
 * <p>Texts are cut at the model's positions and padded to the longest of a batch; classes come out
 * under their names, with probabilities.
 */
final class DjlServing {

    static final String FILE = "serving.properties";

    private DjlServing() {}

    static byte[] properties(int positions) {
        String text =
                """
                engine=OnnxRuntime
                option.modelName=model
                translatorFactory=ai.djl.huggingface.translator.TextClassificationTranslatorFactory
                includeTokenTypes=true
                padding=true
                truncation=true
                maxLength=%d
                batch_size=8
                max_batch_delay=10
                """
                        .formatted(positions);
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
