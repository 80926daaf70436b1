package io.espalier.cli;

import java.util.regex.Pattern;

/** Parts of a classifier's graph that time goes to, by the names of their nodes. */
enum ModelPart {
    /** Inputs and embeddings; none of it shrinks. */
    EMBEDDINGS("embeddings", "/(embeddings|input_ids|attention_mask|token_type_ids).*"),
    /** One fused node a layer, whose time goes by heads. */
    HEADS("attention: heads", "/encoder/layer\\.\\d+/attention/self.*"),
    /** The matrix behind the heads. */
    ATTENTION_OUTPUT("attention: projection", "/encoder/layer\\.\\d+/attention/output/dense"),
    /** Both matrices and the activation. */
    FFN("FFN", "/encoder/layer\\.\\d+/ffn/(intermediate/.*|output/dense)"),
    /** Biases, residuals, LayerNorms: whole rows, whatever is pruned. */
    NORMS("bias, residual, LayerNorm", "/encoder/layer\\.\\d+/(attention|ffn)/output/.*"),
    /** First tokens, pooler, classifier. */
    CLASSIFIER("pooler, classifier", "(fused )?/(pooler/.*|classifier|encoder/.*/first_tokens)"),
    /** Nodes that the runtime has put in. */
    OTHER("other nodes", ".*"),
    /** The call but for its nodes. */
    OUTSIDE("outside nodes", "");

    private final String label;
    private final Pattern nodes;

    ModelPart(String label, String nodes) {
        this.label = label;
        this.nodes = Pattern.compile(nodes);
    }

    /** The part a node belongs to; the first whose pattern fits. */
    static ModelPart of(String node) {
        for (ModelPart part : values()) {
            if (part.nodes.matcher(node).matches()) {
                return part;
            }
        }
        return OTHER;
    }

    /** The name in tables. */
    String label() {
        return label;
    }
}
