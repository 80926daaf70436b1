package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.bert.BertInput;
import io.espalier.model.bert.NarrowSublayer;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Forward passes of a dense model's first sublayers, each by itself at any number of units, on
 * made-up activations of one shape: what a latency table is measured on.
 *
 * <p>Holds native memory; not thread-safe.
 */
public final class SublayerPasses implements AutoCloseable {

    private static final long SEED = 1;

    private final TextClassifier model;
    private final NDManager manager;
    private final BertInput input;
    private final NDArray activations;

    /**
     * Makes up activations.
     *
     * @param batch sequences
     * @param length tokens of each, at most the model's positions
     */
    public SublayerPasses(TextClassifier model, int batch, int length) {
        this.model = model;
        this.manager = model.manager().newSubManager();
        List<int[]> ids = Collections.nCopies(batch, new int[length]);
        this.input = BertInput.of(ids, ids, manager);
        int hidden = model.description().hidden();
        float[] values = new float[batch * length * hidden];
        Random random = new Random(SEED);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        this.activations = manager.create(values, new Shape((long) batch * length, hidden));
    }

    /**
     * A pass through the first sublayer of a kind.
     *
     * @param kept units it keeps, at least 1
     * @return runs it once; to be used until this is closed
     */
    public Runnable pass(SublayerKind kind, int kept) {
        List<Sublayer> sublayers = model.description().sublayers();
        int index = 0;
        while (sublayers.get(index).kind() != kind) {
            index++;
        }
        NarrowSublayer narrow = model.forward().narrow(index, kept, manager);
        return () -> TorchEngine.withGradients(false, () -> run(narrow));
    }

    private Shape run(NarrowSublayer narrow) {
        try (NDManager scope = manager.newSubManager()) {
            activations.attach(scope);
            Shape shape = narrow.run(activations, input).getShape();
            activations.attach(manager);
            return shape;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
