package io.espalier.cost;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What every cost model keeps to, on an encoder of 2 layers of 3 heads of 4 and 5 neurons. */
abstract class CostModelContract {

    static final List<Sublayer> SUBLAYERS = Encoders.of(2, 3, 4, 5);

    /** Sums in another order. */
    private static final double ROUNDING = 1e-15;

    /** The model under test. */
    abstract CostModel model();

    @Test
    void aSublayerWithoutUnitsCostsNothing() {
        SUBLAYERS.forEach(sublayer -> assertThat(model().cost(sublayer, 0)).isZero());
    }

    @Test
    void anyUnitCostsSomething() {
        for (Sublayer sublayer : SUBLAYERS) {
            for (int kept = 1; kept <= sublayer.units(); kept++) {
                assertThat(model().cost(sublayer, kept)).isPositive().isFinite();
            }
        }
    }

    @Test
    void theTotalIsTheSumOfWholeSublayers() {
        double sum = SUBLAYERS.stream().mapToDouble(s -> model().cost(s, s.units())).sum();
        assertThat(model().total(SUBLAYERS)).isCloseTo(sum, within(sum * ROUNDING));
    }

    @Test
    void theShareIsOfWhatTheMaskKeeps() {
        assertThat(model().share(PruningMask.dense(SUBLAYERS))).isEqualTo(1);
        float[][] values = new float[4][];
        Arrays.setAll(values, s -> new float[SUBLAYERS.get(s).units()]);
        assertThat(model().share(PruningMask.of(SUBLAYERS, values))).isZero();
        values[0][2] = 1;
        values[3][0] = -0.5f;
        values[3][4] = 1;
        double kept = model().cost(SUBLAYERS.get(0), 1) + model().cost(SUBLAYERS.get(3), 2);
        assertThat(model().share(PruningMask.of(SUBLAYERS, values)))
                .isCloseTo(kept / model().total(SUBLAYERS), within(ROUNDING));
    }
}
