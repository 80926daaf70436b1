package io.espalier.onnx.bert;

import io.espalier.architecture.BertConfig;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.onnx.graph.Dimension;
import io.espalier.onnx.graph.OnnxGraph;
import io.espalier.safetensors.DType;

import java.util.List;

/**
 * Sublayers by themselves as a graph with made-up weights, to be timed: the nodes are those that
 * {@link BertGraph} has for them.
 *
 * <pre>
 *   hidden           float32 (batch, sequence, d)
 *   attention_mask   int64 (batch, sequence)
 * </pre>
 *
 * <p>Outputs are float32 and bear the names of the nodes they come from.
 */
public final class BertSublayers {

    private final BertConfig config;
    private final OnnxGraph graph = new OnnxGraph("sublayers");
    private final BertLayers layers;
    private final String hidden;

    private BertSublayers(BertConfig config) {
        this.config = config;
        this.hidden =
                graph.input(
                        "hidden",
                        DType.F32,
                        Dimension.BATCH,
                        Dimension.SEQUENCE,
                        Dimension.of(config.hidden()));
        String mask = BertGraph.tokens(graph, "attention_mask");
        this.layers = new BertLayers(graph, new Matrices(graph, new MadeUpWeights()), config, mask);
    }

    /**
     * Sublayers of one kind, one after the other.
     *
     * @param kept units that each keeps, at least 1
     * @param count from layer 0 on, at least 1 and at most the layers
     */
    public static OnnxGraph chain(BertConfig config, SublayerKind kind, int kept, int count) {
        BertSublayers made = new BertSublayers(config);
        String x = made.hidden;
        for (Sublayer sublayer : made.first(kind, count)) {
            x = made.layers.add(sublayer, kept, x);
        }
        made.output(x, Dimension.SEQUENCE);
        return made.graph;
    }

    /**
     * Sublayers of one kind, side by side, as the last layer has them: of first tokens alone.
     *
     * @param kept units that each keeps, at least 1
     * @param count from layer 0 on, at least 1 and at most the layers
     */
    public static OnnxGraph last(BertConfig config, SublayerKind kind, int kept, int count) {
        BertSublayers made = new BertSublayers(config);
        for (Sublayer sublayer : made.first(kind, count)) {
            made.output(
                    made.layers.addForFirstTokens(sublayer, kept, made.hidden), Dimension.of(1));
        }
        return made.graph;
    }

    private List<Sublayer> first(SublayerKind kind, int count) {
        return config.dense().stream().filter(s -> s.kind() == kind).limit(count).toList();
    }

    private void output(String node, Dimension tokens) {
        graph.output(node, DType.F32, Dimension.BATCH, tokens, Dimension.of(config.hidden()));
    }
}
