package io.espalier.batch;

import io.espalier.artifact.Folding;
import io.espalier.artifact.SlimSublayer;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.model.SlimClassifier;
import io.espalier.model.TextClassifier;
import io.espalier.tuning.RepairedProjection;

import java.util.ArrayList;
import java.util.List;

/**
 * A finished pruned model, not yet written anywhere.
 *
 * @param mask what it keeps of the dense model
 * @param sublayers what is left of each sublayer, in model order; scales and repairs are in it
 */
public record PrunedModel(PruningMask mask, List<SlimSublayer> sublayers) {

    /** Copies the list. */
    public PrunedModel {
        sublayers = List.copyOf(sublayers);
    }

    /** The dense model under a mask, whose values are folded into the projections. */
    public static PrunedModel folded(TextClassifier dense, PruningMask mask) {
        List<SlimSublayer> slim = new ArrayList<>();
        for (int s = 0; s < mask.sublayers().size(); s++) {
            slim.add(Folding.fold(mask.sublayers().get(s), dense.projection(s), mask.values(s)));
        }
        return new PrunedModel(mask, slim);
    }

    /** A mask with a repaired projection for each sublayer. */
    public static PrunedModel repaired(PruningMask mask, List<RepairedProjection> repairs) {
        List<SlimSublayer> slim = new ArrayList<>();
        for (int s = 0; s < mask.sublayers().size(); s++) {
            Projection projection = repairs.get(s).projection();
            slim.add(new SlimSublayer(mask.sublayers().get(s), mask.keptUnits(s), projection));
        }
        return new PrunedModel(mask, slim);
    }

    /**
     * The model in memory, exactly as it would be loaded after publication; it shares what is not
     * cut with the dense model and is the caller's to close.
     */
    public SlimClassifier open(TextClassifier dense) {
        return new SlimClassifier(
                dense,
                sublayers.stream().map(SlimSublayer::keptUnits).toList(),
                sublayers.stream().map(SlimSublayer::projection).toList());
    }
}
