package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.mask.Sublayer;

import java.util.List;

/**
 * What this machine's matrix products give at most: those of one layer's scoring pass, in its
 * proportions, through the same engine, and nothing else.
 *
 * <p>Products for N tokens, hidden size d and k projection inputs: (N,d)(d,k) and (N,k)(k,d), one
 * each for the projection and for every producer, forward and backward, and (k,N)(N,k) for the
 * moments. Not thread-safe; several work side by side.
 */
public final class MatrixProductCeiling implements AutoCloseable {

    private final NDManager manager;
    private final int tokens;
    private final int hidden;
    private final List<Sublayer> layer;

    /** The products of a model's first layer for a number of tokens. */
    public MatrixProductCeiling(TextClassifier model, int tokens) {
        this.manager = model.manager().newSubManager();
        this.tokens = tokens;
        this.hidden = model.description().hidden();
        this.layer =
                model.description().sublayers().stream()
                        .filter(sublayer -> sublayer.layer() == 0)
                        .toList();
    }

    /** Multiplies once; returns the floating-point operations that were done. */
    public double run() {
        double operations = 0;
        for (Sublayer sublayer : layer) {
            int k = sublayer.inputWidth();
            int linears = sublayer.producers().size() + 1;
            try (NDManager scope = manager.newSubManager()) {
                NDArray narrow = scope.ones(new Shape(tokens, hidden));
                NDArray wide = scope.ones(new Shape(tokens, k));
                NDArray weight = scope.ones(new Shape(k, hidden));
                for (int i = 0; i < linears; i++) {
                    narrow.matMul(weight.transpose()).close();
                    wide.matMul(weight).close();
                }
                wide.transpose().matMul(wide).close();
            }
            operations += 2.0 * tokens * k * (2.0 * linears * hidden + k);
        }
        return operations;
    }

    @Override
    public void close() {
        manager.close();
    }
}
