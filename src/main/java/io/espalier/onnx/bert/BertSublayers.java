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
 *   (last node)      float32 (batch, sequence, d)
 * </pre>
 */
public final class BertSublayers {

    private BertSublayers() {}

    /**
     * Sublayers of one kind, one after the other.
     *
     * @param kept units that each keeps, at least 1
     * @param count from layer 0 on, at least 1 and at most the layers
     */
    public static OnnxGraph of(BertConfig config, SublayerKind kind, int kept, int count) {
        OnnxGraph graph = new OnnxGraph("sublayers");
        String x =
                graph.input(
                        "hidden",
                        DType.F32,
                        Dimension.BATCH,
                        Dimension.SEQUENCE,
                        Dimension.of(config.hidden()));
        String mask = BertGraph.tokens(graph, "attention_mask");
        BertLayers layers =
                new BertLayers(graph, new Matrices(graph, new MadeUpWeights()), config, mask);
        List<Sublayer> chain =
                config.dense().stream().filter(s -> s.kind() == kind).limit(count).toList();
        for (Sublayer sublayer : chain) {
            x = layers.add(sublayer, kept, x);
        }
        graph.output(
                x, DType.F32, Dimension.BATCH, Dimension.SEQUENCE, Dimension.of(config.hidden()));
        return graph;
    }
}
