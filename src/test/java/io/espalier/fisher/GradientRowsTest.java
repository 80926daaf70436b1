package io.espalier.fisher;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The sample of gradient rows is that of the smallest hashes, however they came. */
class GradientRowsTest {

    private static final long SEED = Long.getLong("seed", 31);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void keepsTheSmallestKeysWhateverOrderAndGrouping() {
        Random random = new Random(SEED);
        List<GradientRow> all = rows(random, 400);
        List<Long> smallest =
                all.stream()
                        .map(GradientRow::hash)
                        .sorted(
                                Comparator.comparing((Long hash) -> hash + Long.MIN_VALUE)
                                        .reversed())
                        .limit(32)
                        .toList();
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(all, random);
            GradientRows merged = new GradientRows(32, 2);
            for (int start = 0; start < all.size(); ) {
                int end = Math.min(all.size(), start + random.nextInt(100));
                GradientRows part = new GradientRows(32, 2);
                all.subList(start, end).forEach(part::offer);
                merged.merge(part);
                start = end;
            }
            assertThat(hashes(merged)).isEqualTo(smallest);
        }
    }

    @Test
    void theLargestUnsignedHashHasTheSmallestKey() {
        GradientRows rows = new GradientRows(2, 1);
        for (long hash : new long[] {-1, 5, Long.MIN_VALUE, Long.MAX_VALUE, 3}) {
            rows.offer(new GradientRow(hash, new float[1]));
        }
        assertThat(hashes(rows)).containsExactly(-1L, Long.MIN_VALUE);
    }

    @Test
    void rowsOfOneHashAreToldApartByTheirValues() {
        for (int first = 0; first < 3; first++) {
            GradientRows rows = new GradientRows(2, 1);
            for (int i = 0; i < 3; i++) {
                rows.offer(new GradientRow(7, new float[] {(first + i) % 3}));
            }
            assertThat(rows.rows().stream().map(row -> row.gradient()[0]).toList())
                    .containsExactly(0f, 1f);
        }
    }

    @Test
    void rowsAreDrawnByTheirWeight() {
        Random random = new Random(SEED);
        GradientRows rows = new GradientRows(400, 1);
        for (int pane = 0; pane < 2; pane++) {
            rows.decay(0.25); // The first pane weighs a quarter of the second.
            for (int i = 0; i < 10_000; i++) {
                rows.offer(new GradientRow(random.nextLong(), new float[] {pane}));
            }
        }
        long young = rows.rows().stream().filter(row -> row.gradient()[0] == 1).count();
        assertThat(young).isBetween(285L, 355L); // 320 expected, standard deviation 8
    }

    @Test
    void refusesARowOfAnotherNumberOfUnits() {
        GradientRows rows = new GradientRows(2, 3);
        assertThatThrownBy(() -> rows.offer(new GradientRow(1, new float[2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gradient row of 2 units, expected 3");
        rows.offer(new GradientRow(1, new float[3]));
        assertThat(rows.rows()).hasSize(1);
    }

    @Test
    void readsWhatItWroteAndGoesOn() throws IOException {
        List<GradientRow> all = rows(new Random(SEED), 40);
        GradientRows half = new GradientRows(8, 2);
        all.subList(0, 20).forEach(half::offer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        half.write(new DataOutputStream(out));
        GradientRows read =
                GradientRows.read(new DataInputStream(new ByteArrayInputStream(out.toByteArray())));
        all.subList(20, 40).forEach(half::offer);
        all.subList(20, 40).forEach(read::offer);
        assertThat(hashes(read)).isEqualTo(hashes(half));
        for (int i = 0; i < 8; i++) {
            assertThat(read.rows().get(i).gradient()).isEqualTo(half.rows().get(i).gradient());
        }
    }

    private static List<GradientRow> rows(Random random, int count) {
        return new ArrayList<>(
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        new GradientRow(
                                                random.nextLong(),
                                                new float[] {random.nextFloat(), i}))
                        .toList());
    }

    private static List<Long> hashes(GradientRows rows) {
        return rows.rows().stream().map(GradientRow::hash).toList();
    }
}
