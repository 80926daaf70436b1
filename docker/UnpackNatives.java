import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * Loads each native library once, which unpacks it into its cache; run while an image is built, by
 * the JDK's launcher of single source files.
 */
final class UnpackNatives {

    private UnpackNatives() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        System.out.println("libtorch " + Engine.getInstance().getVersion());
        String tokenizer =
                """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
                 "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}}
                """;
        try (HuggingFaceTokenizer loaded =
                HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(tokenizer.getBytes("UTF-8")), Map.of())) {
            System.out.println("tokenizers " + loaded.encode("x").getIds().length);
        }
        System.out.println("OpenBLAS " + Loader.load(openblas.class));
    }
}
