package io.espalier.artifact;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The packed mask has the documented layout, and nothing else passes for one. */
class MaskBitsTest {

    private static PruningMask mask() {
        Random random = new Random(3);
        List<Sublayer> sublayers = TinyBert.sublayers();
        float[][] values = new float[sublayers.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = new float[sublayers.get(i).units()];
            for (int unit = 0; unit < values[i].length; unit++) {
                values[i][unit] = i != 2 && random.nextBoolean() ? -0.5f : 0f;
            }
        }
        return PruningMask.of(sublayers, values);
    }

    @Test
    void holdsABitForEachUnit() throws ArtifactException {
        PruningMask mask = mask();
        List<int[]> kept = MaskBits.read(MaskBits.write(mask));
        assertThat(kept).hasSize(mask.sublayers().size());
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i)).isEqualTo(mask.keptUnits(i));
        }
    }

    @Test
    void hasTheDocumentedLayout() {
        PruningMask mask = mask();
        byte[] bytes = MaskBits.write(mask);
        int sublayers = mask.sublayers().size();
        assertThat(Arrays.copyOf(bytes, 8)).containsExactly('E', 'S', 'P', 'M', 1, 0, sublayers, 0);
        assertThat(bytes[8]).isEqualTo((byte) mask.sublayers().get(0).units());
        int first = 0;
        for (int unit : mask.keptUnits(0)) {
            first |= 1 << unit;
        }
        assertThat(bytes[8 + 4 * sublayers]).isEqualTo((byte) first);
    }

    @Test
    void refusesWhatIsNoMask() throws ArtifactException {
        byte[] right = MaskBits.write(mask());
        assertThat(MaskBits.read(right)).isNotEmpty();
        byte[] magic = right.clone();
        magic[0] = 'X';
        assertThatThrownBy(() -> MaskBits.read(magic)).hasMessageContaining("ESPM");
        byte[] format = right.clone();
        format[4] = 2;
        assertThatThrownBy(() -> MaskBits.read(format)).hasMessageContaining("format 2");
        assertThatThrownBy(() -> MaskBits.read(Arrays.copyOf(right, right.length - 1)))
                .hasMessageContaining("the file has " + (right.length - 1));
        byte[] spare = right.clone();
        spare[8 + 4 * mask().sublayers().size()] |= (byte) 0x80; // Of 4 heads the 8th.
        assertThatThrownBy(() -> MaskBits.read(spare))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("sublayer 0: bitmap of 4 units has bit 7 set");
        byte[] units = right.clone();
        Arrays.fill(units, 8, 12, (byte) 0xff);
        assertThatThrownBy(() -> MaskBits.read(units)).isInstanceOf(ArtifactException.class);
        assertThatThrownBy(() -> MaskBits.read(new byte[0])).isInstanceOf(ArtifactException.class);
    }
}
