package io.espalier.onnx.bert;

import io.espalier.architecture.BertConfig;
import io.espalier.mask.Sublayer;
import io.espalier.onnx.bert.Matrices.Modules;
import io.espalier.onnx.graph.Dimension;
import io.espalier.onnx.graph.OnnxGraph;
import io.espalier.onnx.graph.OnnxNode;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.SafetensorsFile;

/**
 * A BERT text classifier, dense or slim, as an ONNX graph.
 *
 * <pre>
 *   input_ids, attention_mask, token_type_ids   int64 (batch, sequence)
 *   logits                                      float32 (batch, labels)
 * </pre>
 *
 * <p>The classifier reads first tokens alone, so the last layer computes no others: its attention
 * has one query a sequence.
 *
 * <p>All three inputs are required. ONNX could give {@code token_type_ids} a default, but ONNX
 * Runtime's Java and C# interfaces then no longer let a caller set it, and pairs of texts need it.
 */
public final class BertGraph {

    private BertGraph() {}

    /**
     * A classifier's graph, to be written while the file is open.
     *
     * @throws IllegalArgumentException if a tensor is missing, or of another shape or type than the
     *     configuration says
     */
    public static OnnxGraph of(BertConfig config, SafetensorsFile file) {
        OnnxGraph graph = new OnnxGraph("bert");
        Matrices matrices = new Matrices(graph, new FileWeights(file));
        String ids = tokens(graph, "input_ids");
        String mask = tokens(graph, "attention_mask");
        String types = tokens(graph, "token_type_ids");
        String x = embeddings(graph, matrices, config, ids, types);
        BertLayers layers = new BertLayers(graph, matrices, config, mask);
        int count = config.dense().size();
        for (int i = 0; i < count; i++) {
            Sublayer sublayer = config.dense().get(i);
            int kept = config.kept().get(i).length;
            x =
                    i == count - 2
                            ? layers.addForFirstTokens(sublayer, kept, x)
                            : layers.add(sublayer, kept, x);
        }
        head(graph, matrices, config, x);
        return graph;
    }

    /** An input with a number for each token, as the fused operations take it. */
    static String tokens(OnnxGraph graph, String name) {
        String input = graph.input(name, DType.I64, Dimension.BATCH, Dimension.SEQUENCE);
        return graph.add(OnnxNode.of("Cast", "/" + name, input).with("to", OnnxGraph.INT32));
    }

    /** The embedded tokens (B, T, d). */
    private static String embeddings(
            OnnxGraph graph, Matrices matrices, BertConfig config, String ids, String types) {
        int d = config.hidden();
        String at = "bert.embeddings.";
        return graph.add(
                OnnxNode.fused(
                                "EmbedLayerNormalization",
                                "/embeddings",
                                ids,
                                types,
                                matrices.tensor(
                                        at + "word_embeddings.weight", config.vocabulary(), d),
                                matrices.tensor(
                                        at + "position_embeddings.weight", config.positions(), d),
                                matrices.tensor(
                                        at + "token_type_embeddings.weight", config.types(), d),
                                matrices.normScale(at + "LayerNorm", d),
                                matrices.normShift(at + "LayerNorm", d))
                        .with("epsilon", (float) config.layerNormEpsilon())
                        // The second is of no use, but the operation insists on it.
                        .withOutputs("/embeddings", "/embeddings/lengths"));
    }

    /** The logits (B, C) of the encoder's first tokens (B, 1, d). */
    private static void head(OnnxGraph graph, Matrices matrices, BertConfig config, String x) {
        int labels = config.labels().size();
        String first =
                graph.add(OnnxNode.of("Squeeze", "/pooler/first_tokens", x, graph.numbers("1", 1)));
        Modules pooler = Modules.of("bert.pooler.dense", config.hidden(), config.hidden());
        String pooled = graph.add(gemm(matrices, "/pooler/dense", pooler, first));
        String bounded = graph.add(OnnxNode.of("Tanh", "/pooler/tanh", pooled));
        Modules classifier = Modules.of("classifier", labels, config.hidden());
        graph.add(gemm(matrices, "/classifier", classifier, bounded).withOutputs("logits"));
        graph.output("logits", DType.F32, Dimension.BATCH, Dimension.of(labels));
    }

    private static OnnxNode gemm(Matrices matrices, String name, Modules module, String x) {
        return OnnxNode.of("Gemm", name, x, matrices.matrix(module), matrices.biases(module));
    }
}
