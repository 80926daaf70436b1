package io.espalier.batch;

import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutQuality;
import io.espalier.mask.PruningMask;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Which of the two repairs is accepted for the whole model. */
class SequentialPruningTest {

    @Test
    void theSequentialRepairIsTakenUnlessItsDivergenceIsLarger() {
        assertThat(better(16, 0.2, 0.1).repair()).isEqualTo("sequential");
        assertThat(better(16, 0.1, 0.1).repair()).isEqualTo("sequential");
        assertThat(better(16, 0.1, 0.1).remark()).isEmpty();
    }

    @Test
    void theOnePassRepairIsTakenWithAReasonThatCarriesBothNumbers() {
        ReplayedModel model = better(16, 0.1, 0.2);
        assertThat(model.repair()).isEqualTo("one-pass");
        assertThat(model.quality().divergence()).isEqualTo(0.1);
        assertThat(model.remark())
                .startsWith("macs=0.5: ")
                .contains("'one-pass'", "0.1000", "0.2000");
        assertThat(better(16, 0.1, Double.NaN).repair()).isEqualTo("one-pass");
    }

    @Test
    void withoutHeldOutSamplesNothingSpeaksAgainstTheSequentialRepair() {
        assertThat(better(0, Double.NaN, Double.NaN).repair()).isEqualTo("sequential");
    }

    private static ReplayedModel better(int samples, double onePass, double sequential) {
        return SequentialPruning.better(
                model(SequentialPruning.ONE_PASS, samples, onePass),
                model(SequentialPruning.SEQUENTIAL, samples, sequential));
    }

    private static ReplayedModel model(String repair, int samples, double divergence) {
        PruningMask mask = PruningMask.dense(TinyBert.sublayers());
        return new ReplayedModel(
                Budget.macs(0.5),
                0.5,
                new PrunedModel(mask, List.of()),
                List.of(),
                repair,
                new HeldOutQuality(samples, samples, 0.5, 1, 0.5, divergence),
                "");
    }
}
