package io.espalier.batch;

import io.espalier.mask.PruningMask;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.model.TokenWeights;

import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * The calibration samples themselves, for the step that runs them again.
 *
 * @param samples that the statistics are of
 * @param weights of their tokens
 * @param threads to run them on
 */
public record Replay(List<Encoding> samples, TokenWeights weights, ExecutorService threads) {

    /** Copies the list. */
    public Replay {
        samples = List.copyOf(samples);
    }

    /** The dense model under a mask, re-solved from the bottom up. */
    PrunedModel repaired(TextClassifier dense, PruningMask mask) throws InterruptedException {
        SequentialRepair repair = new SequentialRepair(threads, SequentialRepair.DEFAULT_RIDGE);
        return PrunedModel.repaired(mask, repair.repair(dense, samples, mask, weights));
    }
}
