package io.espalier.model;

import ai.djl.ndarray.NDManager;
import io.espalier.mask.Projection;
import io.espalier.model.bert.BertForward;

import java.util.List;

/**
 * A pruned model made in memory from a dense one, to be evaluated without being published.
 *
 * <p>It computes what the published slim model would: producers are cut to the kept units and the
 * projections replaced; all else is the dense model's own memory, which must stay open. Thread-safe
 * like {@link TextClassifier}; {@link #close} frees the cut weights.
 */
public final class SlimClassifier implements AutoCloseable {

    private final TextClassifier dense;
    private final BertForward forward;
    private final NDManager manager;

    /**
     * Cuts a dense model.
     *
     * @param keptUnits of each sublayer in model order, ascending
     * @param projections of each sublayer, over the inputs of these units
     */
    public SlimClassifier(
            TextClassifier dense, List<int[]> keptUnits, List<Projection> projections) {
        this.dense = dense;
        this.manager = dense.manager().newSubManager();
        try {
            this.forward = dense.forward().cut(keptUnits, projections, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Logits [C] of each sample, in the order given. */
    public float[][] logits(List<Encoding> encodings) {
        return dense.logits(encodings, forward);
    }

    @Override
    public void close() {
        manager.close();
    }
}
