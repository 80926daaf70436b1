package io.espalier.stream.score;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.stream.GoldenSnapshot;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.Windowed;
import io.espalier.stream.window.WindowPlan;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The scoring operator, killed and rescaled at every point of a short input. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class ScoreOperatorHarnessTest {

    private static final int MAX_PARALLELISM = 128;
    private static final int ROWS = 4;
    private static final long SEED = 7;
    private static final int BATCH = 4;
    private static final WindowPlan WINDOW = WindowPlan.tumbling(100);
    private static final HeldOutShare HELD_OUT = new HeldOutShare(0.25, 3);
    private static final List<Event> EVENTS = events();
    private static final List<String> SCORED = scored("x");
    private static final String BAD = scored("bad").get(0);

    private static ModelReference reference;
    private static SharedModel model; // Held, so that no harness has to load it again.

    private final List<Integer> batches = new ArrayList<>();
    private long lateness;
    private String parent = "parent-1";

    @BeforeAll
    static void loadModel(@TempDir Path directory) throws Exception {
        reference = new ModelReference(TinyBert.write(directory).toString(), TinyBert.POSITIONS);
        model = SharedModel.lease(reference);
    }

    @AfterAll
    static void releaseModel() {
        model.close();
    }

    /**
     * A sample, or a watermark.
     *
     * @param id of the sample, empty for a watermark
     * @param time event time, or the mark
     */
    private record Event(String id, long time) {

        boolean isMark() {
            return id.isEmpty();
        }

        AcceptedSample sample() {
            CalibrationSample sample =
                    CalibrationSample.newBuilder().setId(id).setText("w7 w9").setLabel("b").build();
            Origin origin = new Origin("samples", 0, time, time);
            return new AcceptedSample(
                    new RawRecord(RecordCodec.CALIBRATION_SAMPLE.encode(sample), origin), sample);
        }
    }

    /** Ids that are not held out. */
    private static List<String> scored(String prefix) {
        return IntStream.range(0, 20)
                .mapToObj(i -> prefix + i)
                .filter(id -> !HELD_OUT.contains(id))
                .toList();
    }

    /** Three windows whose samples overlap, each with a late one behind the mark that ended it. */
    private static List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            events.add(new Event("s" + i, 9L * i + (i % 3) * 20L));
            if (i % 11 == 10) {
                long ended = 100L * (i / 11 + 1) - 1;
                events.add(new Event("", ended));
                events.add(new Event("late" + i, ended));
                events.add(new Event("", ended + 20));
            }
        }
        return events;
    }

    /**
     * What came out, comparable whatever the partials and their order.
     *
     * @param statistics merged digests of all sublayers, by the window's end
     * @param heldOut window's end and id
     * @param refused stage and id
     */
    private record Outcome(
            SortedMap<Long, String> statistics,
            SortedSet<String> heldOut,
            SortedSet<String> refused) {}

    @Test
    void continuesAfterARestoreAtEverySplitPoint() throws Exception {
        Outcome expected = oracle();
        for (int split = 0; split <= EVENTS.size(); split++) {
            Gathered gathered = new Gathered();
            OperatorSubtaskState state;
            try (var first = started(null, 1, 0)) {
                feed(first, EVENTS.subList(0, split));
                state = snapshot(first);
                gathered.add(first);
                // What comes after the snapshot is lost with the task, and read again.
                feed(first, EVENTS.subList(split, Math.min(split + 5, EVENTS.size())));
            }
            try (var second = started(state, 1, 0)) {
                feed(second, EVENTS.subList(split, EVENTS.size()));
                finish(second);
                gathered.add(second);
            }
            assertThat(gathered.outcome())
                    .as("restored after %d events", split)
                    .isEqualTo(expected);
        }
    }

    @Test
    void goesOnFromTheStateOfAnEarlierBuild() throws Exception {
        int split = 17; // Inside the second window, where a micro-batch is open.
        Gathered gathered = new Gathered();
        try (var first = started(null, 1, 0)) {
            feed(first, EVENTS.subList(0, split));
            snapshot(first);
            gathered.add(first);
        }
        OperatorSubtaskState state =
                GoldenSnapshot.of(
                        "score",
                        () -> {
                            try (var first = started(null, 1, 0)) {
                                feed(first, EVENTS.subList(0, split));
                                return snapshot(first);
                            }
                        });
        try (var second = started(state, 1, 0)) {
            feed(second, EVENTS.subList(split, EVENTS.size()));
            finish(second);
            gathered.add(second);
        }
        assertThat(gathered.outcome()).isEqualTo(oracle());
    }

    @Test
    void losesNothingWhenRescaledFromOneToTwoToOne() throws Exception {
        Gathered gathered = new Gathered();
        int third = 12; // Inside the second window, where a micro-batch is open.
        int second = 25;
        OperatorSubtaskState whole;
        try (var one = started(null, 1, 0)) {
            feed(one, EVENTS.subList(0, third));
            whole = snapshot(one);
            gathered.add(one);
        }
        List<OperatorSubtaskState> halves = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState share = repartition(whole, 1, 2, subtask);
            try (var half = started(share, 2, subtask)) {
                for (Event event : EVENTS.subList(third, second)) {
                    if (event.isMark() || event.time() % 2 == subtask) {
                        feed(half, List.of(event));
                    }
                }
                halves.add(snapshot(half));
                gathered.add(half);
            }
        }
        OperatorSubtaskState merged =
                AbstractStreamOperatorTestHarness.repackageState(halves.get(0), halves.get(1));
        try (var one = started(repartition(merged, 2, 1, 0), 1, 0)) {
            feed(one, EVENTS.subList(second, EVENTS.size()));
            finish(one);
            gathered.add(one);
        }
        assertThat(gathered.outcome()).isEqualTo(oracle());
    }

    @Test
    void refusesALateSampleAfterARestoreButTakesOneOfAnOpenWindow() throws Exception {
        OperatorSubtaskState state;
        try (var first = started(null, 1, 0)) {
            first.processWatermark(99);
            state = snapshot(first);
        }
        Gathered gathered = new Gathered();
        try (var second = started(state, 1, 0)) {
            feed(second, List.of(new Event("a", 99), new Event(SCORED.get(0), 100)));
            finish(second);
            gathered.add(second);
        }
        assertThat(gathered.outcome().refused()).containsExactly("late a");
        assertThat(gathered.outcome().statistics())
                .isEqualTo(Map.of(200L, digest(SCORED.subList(0, 1))));
    }

    @Test
    void takesSamplesOfAnyWindowWhereTheRestoredStateKnowsNoMark() throws Exception {
        Gathered gathered = new Gathered();
        try (var harness = started(OperatorSubtaskState.builder().build(), 1, 0)) {
            feed(harness, List.of(new Event(SCORED.get(0), 1)));
            finish(harness);
            gathered.add(harness);
        }
        assertThat(gathered.outcome().refused()).isEmpty();
        assertThat(gathered.outcome().statistics())
                .isEqualTo(Map.of(100L, digest(SCORED.subList(0, 1))));
    }

    @Test
    void closesAMicroBatchOnCountAndAtItsWindowsEndOnly() throws Exception {
        try (var harness = started(null, 1, 0)) {
            for (String id : SCORED.subList(0, BATCH - 1)) {
                feed(harness, List.of(new Event(id, 10)));
            }
            harness.setProcessingTime(Long.MAX_VALUE - 1);
            harness.processWatermark(98);
            snapshot(harness);
            assertThat(batches).isEmpty();

            feed(harness, List.of(new Event(SCORED.get(BATCH - 1), 10)));
            assertThat(batches).containsExactly(BATCH);

            feed(harness, List.of(new Event(SCORED.get(BATCH), 10)));
            feed(harness, List.of(new Event(SCORED.get(BATCH + 1), 110)));
            assertThat(batches).containsExactly(BATCH);
            harness.processWatermark(99);
            assertThat(batches).containsExactly(BATCH, 1);
            harness.processWatermark(199);
            assertThat(batches).containsExactly(BATCH, 1, 1);
        }
    }

    @Test
    void emitsPartialsBeforeTheMarkThatEndsTheirWindow() throws Exception {
        try (var harness = started(null, 1, 0)) {
            feed(harness, List.of(new Event(SCORED.get(0), 10)));
            harness.processWatermark(99);
            List<Object> output = new ArrayList<>(harness.getOutput());
            assertThat(output).hasSize(TinyBert.sublayers().size() + 1);
            assertThat(output).last().hasToString("Watermark @ 99");
        }
    }

    @Test
    void refusesASampleThatCannotBeScoredAndScoresItsNeighbours() throws Exception {
        Gathered gathered = new Gathered();
        try (var harness = started(null, 1, 0)) {
            feed(harness, List.of(new Event(SCORED.get(0), 10)));
            feed(harness, List.of(new Event(BAD, 11), new Event(BAD, 12)));
            finish(harness);
            gathered.add(harness);
        }
        assertThat(gathered.letters)
                .extracting(DeadLetter::getOffset)
                .containsExactlyInAnyOrder(11L, 12L);
        assertThat(gathered.outcome().refused()).containsExactly("score " + BAD);
        assertThat(gathered.outcome().statistics())
                .isEqualTo(Map.of(100L, digest(SCORED.subList(0, 1))));
    }

    @Test
    void countsALatecomerWithTheEarliestOpenWindowAsLongAsItIsAllowed() throws Exception {
        lateness = 50;
        Gathered gathered = new Gathered();
        try (var harness = started(null, 1, 0)) {
            harness.processWatermark(119);
            feed(harness, List.of(new Event(SCORED.get(0), 70), new Event(SCORED.get(1), 69)));
            finish(harness);
            gathered.add(harness);
        }
        assertThat(gathered.outcome().refused()).containsExactly("late " + SCORED.get(1));
        assertThat(gathered.outcome().statistics())
                .isEqualTo(Map.of(200L, digest(SCORED.subList(0, 1))));
        FisherSnapshot snapshot =
                gathered.statistics
                        .values()
                        .iterator()
                        .next()
                        .values()
                        .iterator()
                        .next()
                        .snapshot();
        assertThat(List.of(snapshot.samples(), snapshot.labelled(), snapshot.late()))
                .containsOnly(1L);
    }

    @Test
    void refusesTheStateOfAnotherParentAndTakesItsOwn() throws Exception {
        OperatorSubtaskState state;
        try (var first = started(null, 1, 0)) {
            state = snapshot(first);
        }
        try (var same = started(state, 1, 0)) {
            feed(same, List.of(new Event(SCORED.get(0), 1)));
        }
        parent = "parent-2";
        assertThatThrownBy(() -> started(state, 1, 0))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining(
                        "espalier.model.directory (weights) was 'parent-1' and is 'parent-2'")
                .hasMessageContaining("start without the state, under another espalier.model.id");
    }

    private static StateIdentity identity(String parent) {
        return StateIdentity.of(
                "tiny", parent, 8, "label-free", "espalier", WINDOW.description(), SEED);
    }

    private static Outcome oracle() {
        SortedMap<Long, List<String>> scored = new TreeMap<>();
        SortedSet<String> heldOut = new TreeSet<>();
        SortedSet<String> refused = new TreeSet<>();
        for (Event event : EVENTS) {
            long end = event.time() / 100 * 100 + 100;
            if (event.id().startsWith("late")) {
                refused.add("late " + event.id());
            } else if (HELD_OUT.contains(event.id())) {
                heldOut.add(end + " " + event.id());
            } else if (!event.isMark()) {
                scored.computeIfAbsent(end, key -> new ArrayList<>()).add(event.id());
            }
        }
        SortedMap<Long, String> digests = new TreeMap<>();
        scored.forEach((end, ids) -> digests.put(end, digest(ids)));
        return new Outcome(digests, heldOut, refused);
    }

    private static String digest(List<String> ids) {
        return digests(SyntheticScorer.statisticsOf(TinyBert.sublayers(), ROWS, SEED, ids));
    }

    private static String digests(Iterable<SublayerStatistics> all) {
        StringBuilder digests = new StringBuilder();
        for (SublayerStatistics each : all) {
            digests.append(HexFormat.of().formatHex(each.snapshot().digest()));
        }
        return digests.toString();
    }

    /** What several tasks have put out. */
    private static final class Gathered {

        private final SortedMap<Long, SortedMap<Integer, SublayerStatistics>> statistics =
                new TreeMap<>();
        private final SortedSet<String> heldOut = new TreeSet<>();
        private final List<DeadLetter> letters = new ArrayList<>();

        void add(
                OneInputStreamOperatorTestHarness<AcceptedSample, Windowed<SublayerStatistics>>
                        harness)
                throws Exception {
            for (Windowed<SublayerStatistics> partial : harness.extractOutputValues()) {
                statistics
                        .computeIfAbsent(partial.windowEnd(), end -> new TreeMap<>())
                        .merge(partial.value().sublayer(), partial.value(), Gathered::merged);
            }
            for (Windowed<AcceptedSample> sample : side(harness, ScoreOperator.HELD_OUT)) {
                String id = sample.value().sample().getId();
                assertThat(heldOut.add(sample.windowEnd() + " " + id)).as(id).isTrue();
            }
            letters.addAll(side(harness, ScoreOperator.DEAD_LETTERS));
        }

        private static SublayerStatistics merged(SublayerStatistics a, SublayerStatistics b) {
            a.merge(b);
            return a;
        }

        private static <T> List<T> side(
                OneInputStreamOperatorTestHarness<?, ?> harness, OutputTag<T> tag) {
            var records = harness.getSideOutput(tag);
            return records == null
                    ? List.of()
                    : records.stream().map(record -> record.getValue()).toList();
        }

        Outcome outcome() throws Exception {
            SortedMap<Long, String> digests = new TreeMap<>();
            statistics.forEach((end, each) -> digests.put(end, digests(each.values())));
            SortedSet<String> refused = new TreeSet<>();
            for (DeadLetter letter : letters) {
                CalibrationSample sample =
                        RecordCodec.CALIBRATION_SAMPLE.decode(letter.getPayload().array());
                refused.add(letter.getStage() + " " + sample.getId());
            }
            return new Outcome(digests, heldOut, refused);
        }
    }

    private OneInputStreamOperatorTestHarness<AcceptedSample, Windowed<SublayerStatistics>> started(
            @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
        TypeSerializer<AcceptedSample> samples =
                StreamTypes.SAMPLE.createSerializer(new SerializerConfigImpl());
        ScoreOperator operator =
                new ScoreOperator(
                        reference,
                        (ignored, loss) -> new CountingScorer(batches),
                        identity(parent),
                        WINDOW,
                        lateness,
                        LossKind.TRUE_FISHER,
                        LossKind.TRUE_FISHER,
                        HELD_OUT,
                        BATCH,
                        null,
                        samples);
        var harness =
                new OneInputStreamOperatorTestHarness<AcceptedSample, Windowed<SublayerStatistics>>(
                        operator, MAX_PARALLELISM, parallelism, subtask);
        harness.setup(StreamTypes.WINDOWED_STATISTICS.createSerializer(new SerializerConfigImpl()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static void feed(
            OneInputStreamOperatorTestHarness<AcceptedSample, ?> harness, List<Event> events)
            throws Exception {
        for (Event event : events) {
            if (event.isMark()) {
                harness.processWatermark(event.time());
            } else {
                harness.processElement(event.sample(), event.time());
            }
        }
    }

    private static void finish(OneInputStreamOperatorTestHarness<AcceptedSample, ?> harness)
            throws Exception {
        harness.processWatermark(Long.MAX_VALUE);
    }

    /** As a task does it: what is ready leaves before the barrier. */
    private static OperatorSubtaskState snapshot(
            OneInputStreamOperatorTestHarness<AcceptedSample, ?> harness) throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        return harness.snapshot(1, 1);
    }

    private static OperatorSubtaskState repartition(
            OperatorSubtaskState state, int from, int to, int subtask) {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, from, to, subtask);
    }

    /** The synthetic scorer; notes the sizes of micro-batches and cannot score what is bad. */
    private static final class CountingScorer implements SampleScorer {

        private final SyntheticScorer scorer =
                new SyntheticScorer(TinyBert.sublayers(), ROWS, SEED);
        private final List<Integer> batches;

        CountingScorer(List<Integer> batches) {
            this.batches = batches;
        }

        @Override
        public List<Unscorable> score(List<ScorableSample> samples) {
            batches.add(samples.size());
            scorer.score(samples.stream().filter(sample -> !sample.id().equals(BAD)).toList());
            return samples.stream()
                    .filter(sample -> sample.id().equals(BAD))
                    .map(sample -> new Unscorable(sample, "gradient is not finite"))
                    .toList();
        }

        @Override
        public List<SublayerStatistics> drain() {
            return scorer.drain();
        }

        @Override
        public void close() {}
    }
}
