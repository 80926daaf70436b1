package io.espalier.stream;

import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.Stage;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Records for the calibration topic over whole windows of one second, a function of the seed: good
 * samples, corrupted ones scattered among them, and per partition one sample long after the last
 * window, that ends it. Event times run out of order, within {@link #OUT_OF_ORDER_MILLIS}.
 */
public final class Traffic {

    /** Length of a window. */
    public static final long WINDOW_MILLIS = 1000;

    /** How far an event time may lie behind an earlier one of its partition. */
    public static final int OUT_OF_ORDER_MILLIS = 200;

    private static final long START = 1_750_000_000_000L;
    private static final String[] CLASSES = {"a", "b", "c"};

    private final List<List<Item>> parts = new ArrayList<>();
    private final List<Item> tails = new ArrayList<>();

    /**
     * A record.
     *
     * @param partition of the calibration topic
     * @param timestamp its event time
     * @param sample what it is, or was before it was corrupted
     * @param value its bytes
     * @param refusedAt the stage that has to refuse it, null for a good one
     */
    @SuppressWarnings("ArrayRecordComponent") // Test data, never compared.
    public record Item(
            int partition,
            long timestamp,
            CalibrationSample sample,
            byte @Nullable [] value,
            @Nullable Stage refusedAt) {

        /** End of the window it falls into. */
        public long windowEnd() {
            return (timestamp / WINDOW_MILLIS + 1) * WINDOW_MILLIS;
        }

        /** A good one without its label. */
        Item unlabelled() {
            CalibrationSample bare = CalibrationSample.newBuilder(sample).setLabel(null).build();
            return new Item(
                    partition, timestamp, bare, RecordCodec.CALIBRATION_SAMPLE.encode(bare), null);
        }
    }

    /** A record and when it is sent, in milliseconds of event time after the start. */
    private record Scheduled(long time, Item item) {}

    /** Draws records for a topic of the usual number of partitions. */
    public Traffic(long seed, int windows, int good, int corrupted) {
        this(seed, KafkaFixture.PARTITIONS, windows, good, corrupted);
    }

    /**
     * Draws the records.
     *
     * @param partitions of the topic
     * @param windows number of windows
     * @param good number of good samples, the tails not counted
     * @param corrupted number of corrupted ones, of each kind in turn
     */
    public Traffic(long seed, int partitions, int windows, int good, int corrupted) {
        Random random = new Random(seed);
        List<Corruption> all = List.of(Corruption.values());
        List<@Nullable Corruption> kinds = new ArrayList<>();
        for (int i = 0; i < good + corrupted; i++) {
            kinds.add(i < corrupted ? all.get(i % all.size()) : null);
        }
        Collections.shuffle(kinds, random);
        List<Scheduled> schedule = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            long time = windows * WINDOW_MILLIS * i / kinds.size();
            int partition = random.nextInt(partitions);
            Item item = item("s" + i, partition, START + time, kinds.get(i), random);
            schedule.add(new Scheduled(time + random.nextInt(OUT_OF_ORDER_MILLIS), item));
        }
        schedule.sort(Comparator.comparingLong(Scheduled::time));
        for (int part = 0; part <= windows; part++) {
            long from = part * WINDOW_MILLIS - WINDOW_MILLIS / 2;
            parts.add(
                    schedule.stream()
                            .filter(s -> s.time() >= from && s.time() < from + WINDOW_MILLIS)
                            .map(Scheduled::item)
                            .toList());
        }
        long end = START + (windows + 10) * WINDOW_MILLIS;
        for (int partition = 0; partition < partitions; partition++) {
            tails.add(item("tail" + partition, partition, end, null, random));
        }
    }

    private static Item item(
            String id,
            int partition,
            long timestamp,
            @Nullable Corruption corruption,
            Random random) {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId(id)
                        .setText(text(random))
                        .setLabel(CLASSES[random.nextInt(CLASSES.length)])
                        .build();
        return corruption == null
                ? new Item(
                        partition,
                        timestamp,
                        sample,
                        RecordCodec.CALIBRATION_SAMPLE.encode(sample),
                        null)
                : new Item(
                        partition,
                        timestamp,
                        sample,
                        corruption.corrupt(sample, random),
                        corruption.refusedAt());
    }

    private static String text(Random random) {
        return IntStream.range(0, 3 + random.nextInt(10))
                .mapToObj(i -> "w" + (3 + random.nextInt(TinyBert.VOCABULARY - 3)))
                .collect(Collectors.joining(" "));
    }

    /**
     * The records in the order of sending, in parts of which each but the first ends a window and
     * opens the next.
     */
    public List<List<Item>> parts() {
        return parts;
    }

    /** The samples that end the last window. */
    public List<Item> tails() {
        return tails;
    }

    /** The good samples, the tails not among them. */
    public List<Item> good() {
        return parts.stream().flatMap(List::stream).filter(i -> i.refusedAt() == null).toList();
    }
}
