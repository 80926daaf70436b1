package io.espalier.report;

/**
 * How one format is loaded.
 *
 * @param about the format in a few words
 * @param code to be pasted; empty for a format that is not known here
 */
record Snippet(String about, String code) {

    /** The snippet of a format, with paths relative to the directory of the model's versions. */
    static Snippet of(String format, PruningReport report) {
        String folder = report.version() + "/" + format;
        return switch (format) {
            case "stock" ->
                    new Snippet(
                            "for unmodified Hugging Face transformers",
                            """
                            from transformers import AutoModelForSequenceClassification, AutoTokenizer
                            model = AutoModelForSequenceClassification.from_pretrained("%1$s")
                            tokenizer = AutoTokenizer.from_pretrained("%1$s")"""
                                    .formatted(folder));
            case "slim" ->
                    new Snippet(
                            "true shapes, for transformers with two files of ours",
                            """
                            from transformers import AutoModelForSequenceClassification, AutoTokenizer
                            model = AutoModelForSequenceClassification.from_pretrained(
                                "%1$s", trust_remote_code=True)
                            tokenizer = AutoTokenizer.from_pretrained(
                                "%1$s", trust_remote_code=True)"""
                                    .formatted(folder));
            case "onnx" ->
                    new Snippet(
                            "for ONNX Runtime in any language",
                            """
                            OrtSession session =
                                OrtEnvironment.getEnvironment().createSession("%s/model.onnx");"""
                                    .formatted(folder));
            case "djl" ->
                    new Snippet(
                            "for Deep Java Library and DJL Serving",
                            """
                            ZooModel<String, Classifications> model =
                                Criteria.builder()
                                    .setTypes(String.class, Classifications.class)
                                    .optModelPath(Path.of("%s"))
                                    .optTranslatorFactory(new TextClassificationTranslatorFactory())
                                    .build()
                                    .loadModel();"""
                                    .formatted(folder));
            case "masks" ->
                    new Snippet(
                            "the decision alone, for the dense parent of this digest only",
                            "bin/espalier inspect %s\nbin/espalier diff %s OTHER-VERSION"
                                    .formatted(report.version(), report.version()));
            default -> new Snippet("", "");
        };
    }
}
