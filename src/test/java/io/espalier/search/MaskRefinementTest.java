package io.espalier.search;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.GradientRow;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A rearrangement stands only where held-out rows agree; a row is held out if 5 divides its hash.
 */
class MaskRefinementTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 3, 1, 3);

    /** Units 0 and 1 add up, unit 2 cancels either of them. */
    private static final float[] CANCELLING = {1f, 1.01f, -1.1f};

    /** All units add up, so nothing beats the two smallest. */
    private static final float[] ADDING = {1f, 1.01f, 1.1f};

    private static final PruningMask SEARCHED =
            PruningMask.of(SUBLAYERS, new float[][] {{0, 0, 1}, {0, 0, 1}});

    @Test
    void acceptsWhatHeldOutRowsAgreeWith() {
        PruningMask refined = refine(32, CANCELLING, 8, CANCELLING);
        assertThat(refined.keptUnits(1)).containsExactly(1);
    }

    @Test
    void rejectsWhatHeldOutRowsContradict() {
        assertThat(refine(32, CANCELLING, 8, ADDING)).isEqualTo(SEARCHED);
    }

    @Test
    void leavesWhatIsBestAlready() {
        assertThat(refine(32, ADDING, 8, CANCELLING)).isEqualTo(SEARCHED);
    }

    @Test
    void fewRowsOnEitherSideLeaveTheMaskAsItIs() {
        assertThat(refine(32, CANCELLING, 7, CANCELLING)).isEqualTo(SEARCHED);
        assertThat(refine(7, CANCELLING, 8, CANCELLING)).isEqualTo(SEARCHED);
        assertThat(refine(8, CANCELLING, 8, CANCELLING)).isNotEqualTo(SEARCHED);
    }

    @Test
    void judgesEachSublayerByItsOwnRows() {
        FisherSnapshot agreeing = snapshot(0, 32, CANCELLING, 8, CANCELLING);
        FisherSnapshot contradicting = snapshot(1, 32, CANCELLING, 8, ADDING);
        PruningMask refined = new MaskRefinement(List.of(agreeing, contradicting)).refine(SEARCHED);
        assertThat(refined.keptUnits(0)).containsExactly(1);
        assertThat(refined.keptUnits(1)).containsExactly(2);
    }

    private static PruningMask refine(int fitRows, float[] fit, int heldOutRows, float[] heldOut) {
        FisherSnapshot without = snapshot(0, 0, fit, 0, heldOut);
        FisherSnapshot with = snapshot(1, fitRows, fit, heldOutRows, heldOut);
        return new MaskRefinement(List.of(without, with)).refine(SEARCHED);
    }

    private static FisherSnapshot snapshot(
            int sublayer, int fitRows, float[] fit, int heldOutRows, float[] heldOut) {
        List<GradientRow> rows = new ArrayList<>();
        for (int i = 0; i < fitRows; i++) {
            rows.add(new GradientRow(5L * i + 1 + i % 4, fit));
        }
        for (int i = 0; i < heldOutRows; i++) {
            rows.add(new GradientRow(-1L - 5L * i, heldOut)); // 2^64 - 1 is a multiple of 5
        }
        return new FisherSnapshot(
                sublayer,
                1,
                1,
                0,
                0,
                1,
                1,
                new float[3],
                new float[3],
                List.of(),
                rows,
                new byte[32]);
    }
}
