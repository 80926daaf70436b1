package io.espalier.stream.decide;

import io.espalier.mask.PruningMask;
import io.espalier.stream.type.SublayerSummary;

import java.util.List;

/** What any structure of the model, re-tuned on a window, is predicted to cost. */
@FunctionalInterface
public interface StructureErrors {

    /**
     * The predicted error, on the scale of the error curves.
     *
     * @param summaries of the window, one for each sublayer
     * @param structure binary
     */
    double of(List<SublayerSummary> summaries, PruningMask structure);
}
