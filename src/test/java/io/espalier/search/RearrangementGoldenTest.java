package io.espalier.search;

import io.espalier.mask.MaskDelta;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The published rearrangement, ridge 0 and one sweep over the 8 golden batch gradients. */
class RearrangementGoldenTest {

    /** Half of the last digit in which the values of q are given. */
    private static final double RELATIVE = 5e-5;

    @ParameterizedTest
    @CsvSource({"0.7, 0, 16", "0.5, 0, 16", "0.3, 2, 14"})
    void givesTheStoredMasks(String share, int headSwaps, int neuronSwaps) {
        PruningMask searched = GoldenMasks.of("c" + share + "/search");
        float[][] values = new float[searched.sublayers().size()][];
        for (int s = 0; s < values.length; s++) {
            values[s] = new float[searched.sublayers().get(s).units()];
            Arrays.fill(values[s], 1f);
            for (int unit : published(s).prune(pruned(searched, s))) {
                values[s][unit] = 0f;
            }
        }
        PruningMask rearranged = PruningMask.of(searched.sublayers(), values);
        assertThat(rearranged).isEqualTo(GoldenMasks.of("c" + share + "/rearr"));
        assertThat(MaskDelta.between(searched, rearranged, SublayerKind.ATTENTION).flips())
                .isEqualTo(2 * headSwaps);
        assertThat(MaskDelta.between(searched, rearranged, SublayerKind.FFN).flips())
                .isEqualTo(2 * neuronSwaps);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2.1153e-3, 1.1582e-4",
        "1, 1.9761e-3, 9.9475e-5",
        "2, 8.2052e-4, 1.0119e-4",
    })
    void reachesTheStoredObjectiveOfNeurons(int layer, double searched, double rearranged) {
        int sublayer = 2 * layer + 1;
        Rearrangement published = published(sublayer);
        int[] before = pruned(GoldenMasks.of("c0.5/search"), sublayer);
        assertThat(published.objective(before)).isCloseTo(searched, within(RELATIVE * searched));
        assertThat(published.objective(published.prune(before)))
                .isCloseTo(rearranged, within(RELATIVE * rearranged));
    }

    private static Rearrangement published(int sublayer) {
        return new Rearrangement(GoldenMasks.gradients(sublayer), 0, 1);
    }

    private static int[] pruned(PruningMask mask, int sublayer) {
        int units = TinyBert.sublayers().get(sublayer).units();
        return IntStream.range(0, units).filter(u -> !mask.keeps(sublayer, u)).toArray();
    }
}
