package io.espalier.fisher;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** The hash is the only source of chance: it is fair, and it never changes. */
class SampleHashTest {

    private static final int SAMPLES = 20_000;

    /** Values of a second implementation, written from the class's Javadoc in another language. */
    @Test
    void neverChanges() {
        assertThat(SampleHash.of("", 0)).isEqualTo(0xefd01f60ba992926L);
        assertThat(SampleHash.of("sample-1", 17)).isEqualTo(0x12b4ef1f69bf6f68L);
        assertThat(SampleHash.of("sample-1", 18)).isEqualTo(0x0a7d286b906859e8L);
        assertThat(SampleHash.of("sample-2", 17)).isEqualTo(0x0312eac84bfe2682L);
        assertThat(SampleHash.of("Zweig-\u00e4\u4e16", 17)).isEqualTo(0x7c9090d82b1faee8L);
    }

    @Test
    void isSpreadEvenlyOverIdsThatCountUp() {
        for (long seed : new long[] {0, 1, 17}) {
            int[] bins = new int[20];
            int[] residues = new int[5];
            for (int i = 0; i < SAMPLES; i++) {
                double uniform = SampleHash.uniform("sample-" + i, seed);
                assertThat(uniform).isBetween(0.0, Math.nextDown(1.0));
                bins[(int) (uniform * bins.length)]++;
                residues[(int) Long.remainderUnsigned(SampleHash.of("sample-" + i, seed), 5)]++;
            }
            assertThat(chiSquare(bins)).as("bins of seed %d", seed).isLessThan(43.8);
            assertThat(chiSquare(residues)).as("residues of seed %d", seed).isLessThan(18.5);
        }
    }

    /** The bounds above are the 99.9 % points for 19 and 4 degrees of freedom. */
    private static double chiSquare(int[] counts) {
        double expected = (double) SAMPLES / counts.length;
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    @Test
    void seedsDrawIndependently() {
        int both = 0;
        int first = 0;
        for (int i = 0; i < SAMPLES; i++) {
            boolean a = SampleHash.uniform("sample-" + i, 17) < 0.2;
            boolean b = SampleHash.uniform("sample-" + i, 18) < 0.2;
            first += a ? 1 : 0;
            both += a && b ? 1 : 0;
        }
        assertThat((double) both / first).isBetween(0.18, 0.22);
    }

    @Test
    void idsThatDifferInOneCharacterDoNotCollide() {
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < SAMPLES; i++) {
            hashes.add(SampleHash.of("sample-" + i, 17));
        }
        assertThat(hashes).hasSize(SAMPLES);
    }
}
