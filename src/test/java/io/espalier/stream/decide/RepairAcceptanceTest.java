package io.espalier.stream.decide;

import io.espalier.batch.PrunedModel;
import io.espalier.cost.Budget;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.TextClassifier;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A repair that does harm is not published. */
class RepairAcceptanceTest {

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();

    @TempDir private Path directory;

    @Test
    void aRepairStandsUnlessItMovesTheModelAwayFromTheDenseOne() throws Exception {
        Path parent = TinyBert.write(directory.resolve("parent"));
        try (TextClassifier dense = TextClassifier.load(parent)) {
            HeldOutJudge judge = new HeldOutJudge(dense, GoldenSamples.all().subList(0, 64));
            PrunedModel cut = PrunedModel.folded(dense, mask());

            Candidate harmless = candidate(cut, 1);
            assertThat(RepairAcceptance.judged(harmless, dense, judge)).isSameAs(harmless);

            Candidate refused = RepairAcceptance.judged(candidate(cut, -1), dense, judge);
            assertThat(refused.unrepaired()).isEqualTo(SUBLAYERS.size());
            for (int s = 0; s < SUBLAYERS.size(); s++) {
                RepairedProjection repaired = refused.repaired().get(s);
                assertThat(repaired.projection())
                        .isSameAs(refused.model().sublayers().get(s).projection());
                assertThat(repaired.projection().weight())
                        .containsExactly(cut.sublayers().get(s).projection().weight());
                assertThat(repaired.refusals())
                        .last()
                        .asString()
                        .startsWith("held-out divergence ");
            }
        }
    }

    /** Every other unit. */
    private static PruningMask mask() {
        float[][] values = new float[SUBLAYERS.size()][];
        for (int s = 0; s < values.length; s++) {
            values[s] = new float[SUBLAYERS.get(s).units()];
            for (int unit = 0; unit < values[s].length; unit += 2) {
                values[s][unit] = 1;
            }
        }
        return PruningMask.of(SUBLAYERS, values);
    }

    /** The cut model whose "repair" multiplies every projection by a number. */
    private static Candidate candidate(PrunedModel cut, float factor) {
        List<RepairedProjection> repaired = new ArrayList<>();
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            Projection plain = cut.sublayers().get(s).projection();
            float[] weight = plain.weight().clone();
            for (int i = 0; i < weight.length; i++) {
                weight[i] *= factor;
            }
            Projection changed =
                    new Projection(plain.inputs(), plain.outputs(), weight, plain.bias());
            repaired.add(new RepairedProjection(changed, RepairOutcome.RESOLVED, 0.01, List.of()));
        }
        return new Candidate(
                new CandidateIdentity("tiny", "parent", "0".repeat(64), "espalier", 7, List.of()),
                new WindowStatistics(1, List.of()),
                Budget.macs(0.5),
                1,
                0.5,
                cut.mask(),
                repaired);
    }
}
