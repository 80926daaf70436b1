package io.espalier.search;

import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The published search rule, where it is right and where it is not. */
class PublishedSearchTest {

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();
    private static final MacCost COST = MacCost.ofLength(TinyBert.HIDDEN, GoldenMasks.LENGTH);

    private final PublishedSearch search =
            new PublishedSearch(SUBLAYERS, GoldenMasks.importance(), COST);

    @ParameterizedTest
    @ValueSource(strings = {"0.7", "0.5", "0.3"})
    void givesTheStoredMasks(String share) {
        double c = Double.parseDouble(share);
        assertThat(search.search(c)).isEqualTo(GoldenMasks.of("c" + share + "/search"));
        assertThat(search.search(Math.sqrt(c))).isEqualTo(GoldenMasks.of("c" + share + "/teacher"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {.2, .1, .05})
    void exceedsSmallBudgetsAsThePublishedRuleDoes(double share) {
        PruningMask mask = search.search(share);
        assertThat(mask.countKept(SublayerKind.ATTENTION)).isEqualTo(12);
        assertThat(mask.countKept(SublayerKind.FFN)).isZero();
        assertThat(COST.share(mask)).isCloseTo(.4376, within(5e-5));
    }

    @Test
    void namesWhyItHasNoResultWithoutGradients() {
        double[][] zeros = GoldenMasks.importance();
        for (double[] row : zeros) {
            java.util.Arrays.fill(row, 0);
        }
        assertThatThrownBy(() -> new PublishedSearch(SUBLAYERS, zeros, COST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every importance is 0")
                .hasMessageContaining("6 sublayers");
        zeros[1][5] = 1e-30;
        assertThat(new PublishedSearch(SUBLAYERS, zeros, COST).search(0.5).keeps(1, 5)).isTrue();
    }
}
