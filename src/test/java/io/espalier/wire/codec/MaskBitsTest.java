package io.espalier.wire.codec;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.UnitKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Bitmaps of kept units. */
class MaskBitsTest {

    @Test
    void theLeastSignificantBitIsTheFirstUnit() {
        ByteBuffer bitmap = MaskBits.pack(12, new int[] {0, 3, 11});
        assertThat(bitmap).isEqualTo(ByteBuffer.wrap(new byte[] {0b0000_1001, 0b0000_1000}));
        assertThat(MaskBits.unpack(12, bitmap)).containsExactly(0, 3, 11);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 12, 64, 65, 3072})
    void unpacksWhatItPacked(int units) {
        Random random = new Random(units);
        int[] some = IntStream.range(0, units).filter(unit -> random.nextBoolean()).toArray();
        int[] all = IntStream.range(0, units).toArray();
        for (int[] kept : List.of(some, all, new int[0])) {
            ByteBuffer bitmap = MaskBits.pack(units, kept);
            assertThat(bitmap.remaining()).isEqualTo((units + 7) / 8);
            assertThat(MaskBits.unpack(units, bitmap)).isEqualTo(kept);
            assertThat(MaskBits.unpack(units, bitmap)).as("read again").isEqualTo(kept);
        }
    }

    @Test
    void refusesUnitsOutsideTheSublayer() {
        assertThat(MaskBits.pack(12, new int[] {11})).isEqualTo(ByteBuffer.wrap(new byte[] {0, 8}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaskBits.pack(12, new int[] {12}))
                .withMessage("unit 12 of 12");
        assertThatIllegalArgumentException().isThrownBy(() -> MaskBits.pack(12, new int[] {-1}));
    }

    @Test
    void refusesBitmapsOfAnotherLengthAndWithSpareBits() {
        assertThat(MaskBits.unpack(12, ByteBuffer.wrap(new byte[] {0, 8}))).containsExactly(11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaskBits.unpack(12, ByteBuffer.wrap(new byte[] {0})))
                .withMessage("bitmap of 12 units has 1 bytes, needs 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaskBits.unpack(12, ByteBuffer.wrap(new byte[] {0, 16})))
                .withMessage("bitmap of 12 units has bit 12 set");
    }

    @Test
    void carriesASublayerOfAMask() {
        Sublayer ffn = new Sublayer("l", SublayerKind.FFN, 0, 3, 1, List.of("up"), "down");
        PruningMask mask = PruningMask.of(List.of(ffn), new float[][] {{1.5f, 0f, -1f}});
        SublayerMask wire =
                new SublayerMask(
                        "l",
                        MaskBits.unitKind(ffn.kind()),
                        3,
                        MaskBits.pack(mask, 0),
                        "re-solved",
                        List.of());
        assertThat(wire.getKind()).isEqualTo(UnitKind.NEURON);
        assertThat(MaskBits.kept(wire)).containsExactly(0, 2);
        assertThat(MaskBits.unitKind(SublayerKind.ATTENTION)).isEqualTo(UnitKind.HEAD);
    }
}
