package io.espalier.mask;

import io.espalier.testing.Encoders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Distances of masks, against sets. */
class MaskDeltaTest {

    private static final long SEED = Long.getLong("seed", 37);
    private static final List<Sublayer> SUBLAYERS = Encoders.of(3, 4, 1, 7);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void countsWhatSetsCount() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            PruningMask a = random(random);
            PruningMask b = random(random);
            for (SublayerKind kind : SublayerKind.values()) {
                Set<String> union = new TreeSet<>(kept(a, kind));
                Set<String> both = new TreeSet<>(kept(a, kind));
                union.addAll(kept(b, kind));
                both.retainAll(kept(b, kind));
                MaskDelta delta = MaskDelta.between(a, b, kind);
                assertThat(delta.flips()).isEqualTo(union.size() - both.size());
                double jaccard = union.isEmpty() ? 0 : 1 - (double) both.size() / union.size();
                assertThat(delta.jaccardDistance()).isCloseTo(jaccard, within(1e-15));
                assertThat(MaskDelta.between(b, a, kind)).isEqualTo(delta);
            }
        }
    }

    @Test
    void scalesDoNotCount() {
        float[][] ones = new float[SUBLAYERS.size()][];
        float[][] scaled = new float[SUBLAYERS.size()][];
        for (int s = 0; s < ones.length; s++) {
            ones[s] = new float[SUBLAYERS.get(s).units()];
            scaled[s] = ones[s].clone();
            ones[s][0] = 1f;
            scaled[s][0] = -3f;
        }
        PruningMask mask = PruningMask.of(SUBLAYERS, ones);
        assertThat(MaskDelta.between(mask, PruningMask.of(SUBLAYERS, scaled), SublayerKind.FFN))
                .isEqualTo(new MaskDelta(0, 0));
    }

    @Test
    void twoEmptyMasksAreEqualAndAnEmptyOneIsFarthestFromAnyOther() {
        float[][] none = new float[SUBLAYERS.size()][];
        for (int s = 0; s < none.length; s++) {
            none[s] = new float[SUBLAYERS.get(s).units()];
        }
        PruningMask empty = PruningMask.of(SUBLAYERS, none);
        assertThat(MaskDelta.between(empty, empty, SublayerKind.ATTENTION))
                .isEqualTo(new MaskDelta(0, 0));
        assertThat(MaskDelta.between(empty, PruningMask.dense(SUBLAYERS), SublayerKind.ATTENTION))
                .isEqualTo(new MaskDelta(12, 1));
    }

    @Test
    void refusesMasksOfDifferentModels() {
        PruningMask a = PruningMask.dense(SUBLAYERS);
        PruningMask other = PruningMask.dense(Encoders.of(2, 4, 1, 7));
        assertThatThrownBy(() -> MaskDelta.between(a, other, SublayerKind.FFN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("masks of different models: 6 and 4 sublayers");
        assertThat(MaskDelta.between(a, a, SublayerKind.FFN).flips()).isZero();
    }

    private static PruningMask random(Random random) {
        int density = random.nextInt(4); // at 0 nothing is kept
        float[][] values = new float[SUBLAYERS.size()][];
        for (int s = 0; s < values.length; s++) {
            values[s] = new float[SUBLAYERS.get(s).units()];
            for (int unit = 0; unit < values[s].length; unit++) {
                values[s][unit] = random.nextInt(3) < density ? 1f : 0f;
            }
        }
        return PruningMask.of(SUBLAYERS, values);
    }

    private static Set<String> kept(PruningMask mask, SublayerKind kind) {
        Set<String> kept = new TreeSet<>();
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            for (int unit = 0; unit < SUBLAYERS.get(s).units(); unit++) {
                if (SUBLAYERS.get(s).kind() == kind && mask.values(s)[unit] != 0) {
                    kept.add(s + ":" + unit);
                }
            }
        }
        return kept;
    }
}
