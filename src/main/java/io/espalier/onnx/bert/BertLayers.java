package io.espalier.onnx.bert;

import io.espalier.architecture.BertConfig;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.onnx.bert.Matrices.Modules;
import io.espalier.onnx.graph.OnnxGraph;
import io.espalier.onnx.graph.OnnxNode;

/**
 * The sublayers of a BERT encoder as nodes, each with the units it keeps.
 *
 * <p>Shape letters: B sequences of T tokens, R the tokens that go on (T, or 1 where only the first
 * is read), d hidden, k inputs of a sublayer's projection.
 *
 * <p>What no unit pays for is one pass over (B, R, d): bias, residual and LayerNorm of a sublayer
 * are one node. Heads are multiplied one by one inside one node, so that a removed head takes all
 * of its time with it.
 */
final class BertLayers {

    private final OnnxGraph graph;
    private final Matrices matrices;
    private final BertConfig config;
    private final String mask;

    /**
     * Layers of a graph.
     *
     * @param mask name of a value (B, T) int32, 1 for tokens and 0 for padding
     */
    BertLayers(OnnxGraph graph, Matrices matrices, BertConfig config, String mask) {
        this.graph = graph;
        this.matrices = matrices;
        this.config = config;
        this.mask = mask;
    }

    /**
     * Adds a sublayer whose output is of the first tokens only, if anything has to be left out for
     * that.
     *
     * @param x its input (B, T, d)
     * @return its output (B, 1, d)
     */
    String addForFirstTokens(Sublayer sublayer, int kept, String x) {
        String first =
                graph.add(
                        OnnxNode.of(
                                        "Gather",
                                        at(sublayer) + "/first_tokens",
                                        x,
                                        graph.numbers("first_token", 0))
                                .with("axis", 1));
        if (kept == 0 || sublayer.kind() == SublayerKind.FFN) {
            return add(sublayer, kept, first);
        }
        return projected(sublayer, kept, crossAttention(sublayer, kept, first, x), first);
    }

    /**
     * Adds a sublayer with a number of its units.
     *
     * @param x its input (B, R, d); of all tokens, if it is attention with units
     * @return its output (B, R, d)
     */
    String add(Sublayer sublayer, int kept, String x) {
        if (kept == 0) {
            return emptied(sublayer, x);
        }
        String units =
                sublayer.kind() == SublayerKind.ATTENTION
                        ? attention(sublayer, kept, x)
                        : neurons(sublayer, kept, x);
        return projected(sublayer, kept, units, x);
    }

    /** Contexts of the heads at all tokens, (B, T, d) -> (B, T, k). */
    private String attention(Sublayer sublayer, int kept, String x) {
        int width = kept * sublayer.unitWidth();
        Modules producers = new Modules(sublayer.producers(), width, config.hidden());
        return graph.add(
                heads("Attention", sublayer, kept, x, weight(producers), bias(producers), mask)
                        .with("qkv_hidden_sizes", new long[] {width, width, width}));
    }

    /** Contexts of the heads at some tokens that look at all, (B, R, d), (B, T, d) -> (B, R, k). */
    private String crossAttention(Sublayer sublayer, int kept, String read, String all) {
        int width = kept * sublayer.unitWidth();
        String at = at(sublayer) + "/self/";
        String[] products = new String[3];
        for (int i = 0; i < products.length; i++) {
            String name = sublayer.producers().get(i);
            Modules producer = Modules.of(name, width, config.hidden());
            products[i] =
                    graph.add(
                            OnnxNode.of(
                                    "MatMul",
                                    at + name.substring(name.lastIndexOf('.') + 1),
                                    i == 0 ? read : all,
                                    weight(producer)));
        }
        String biases = bias(new Modules(sublayer.producers(), width, config.hidden()));
        return graph.add(
                heads(
                        "MultiHeadAttention",
                        sublayer,
                        kept,
                        products[0],
                        products[1],
                        products[2],
                        biases,
                        mask));
    }

    private static OnnxNode heads(String operator, Sublayer sublayer, int kept, String... inputs) {
        return OnnxNode.fused(operator, at(sublayer) + "/self", inputs)
                .with("num_heads", kept)
                .with("mask_filter_value", -Float.MAX_VALUE);
    }

    /** Activations of the neurons, (B, R, d) -> (B, R, k). */
    private String neurons(Sublayer sublayer, int kept, String x) {
        Modules producer = Modules.of(sublayer.producers().get(0), kept, config.hidden());
        String at = at(sublayer) + "/intermediate/";
        String sums = graph.add(OnnxNode.of("MatMul", at + "dense", x, weight(producer)));
        // Not FastGelu: the model was trained with the exact form.
        return graph.add(OnnxNode.fused("BiasGelu", at + "gelu", sums, bias(producer)));
    }

    /** {@code LN(x + units W + b)}. */
    private String projected(Sublayer sublayer, int kept, String units, String x) {
        Modules projection = projection(sublayer, kept);
        String product =
                graph.add(
                        OnnxNode.of(
                                "MatMul",
                                at(sublayer) + "/output/dense",
                                units,
                                weight(projection)));
        return graph.add(
                OnnxNode.fused(
                                "SkipLayerNormalization",
                                at(sublayer) + "/output/LayerNorm",
                                product,
                                x,
                                matrices.normScale(norm(sublayer), config.hidden()),
                                matrices.normShift(norm(sublayer), config.hidden()),
                                bias(projection))
                        .with("epsilon", (float) config.layerNormEpsilon()));
    }

    /** {@code LN(x + b)}. */
    private String emptied(Sublayer sublayer, String x) {
        String sum =
                graph.add(
                        OnnxNode.of(
                                "Add",
                                at(sublayer) + "/output/bias",
                                x,
                                bias(projection(sublayer, 0))));
        return graph.add(
                OnnxNode.of(
                                "LayerNormalization",
                                at(sublayer) + "/output/LayerNorm",
                                sum,
                                matrices.normScale(norm(sublayer), config.hidden()),
                                matrices.normShift(norm(sublayer), config.hidden()))
                        .with("axis", -1)
                        .with("epsilon", (float) config.layerNormEpsilon()));
    }

    private String weight(Modules modules) {
        return matrices.matrix(modules);
    }

    private String bias(Modules modules) {
        return matrices.biases(modules);
    }

    private Modules projection(Sublayer sublayer, int kept) {
        return Modules.of(sublayer.projection(), config.hidden(), kept * sublayer.unitWidth());
    }

    /** {@code bert.encoder.layer.0.output.dense -> bert.encoder.layer.0.output.LayerNorm}. */
    private static String norm(Sublayer sublayer) {
        String projection = sublayer.projection();
        return projection.substring(0, projection.lastIndexOf('.')) + ".LayerNorm";
    }

    /** Beginning of the names of a sublayer's nodes. */
    private static String at(Sublayer sublayer) {
        String layer = "/encoder/layer." + sublayer.layer();
        return sublayer.kind() == SublayerKind.ATTENTION ? layer + "/attention" : layer + "/ffn";
    }
}
