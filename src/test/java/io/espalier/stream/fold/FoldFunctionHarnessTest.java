package io.espalier.stream.fold;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

import io.espalier.config.EspalierConfig;
import io.espalier.config.Profile;
import io.espalier.config.PromotionMode;
import io.espalier.config.Thresholds;
import io.espalier.config.TuningMode;
import io.espalier.config.WindowType;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.GoldenSnapshot;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;
import io.espalier.stream.window.WindowPlan;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The folding function, stopped and restored at every point of a short input. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class FoldFunctionHarnessTest {

    private static final long PANE = 100;
    private static final int ROWS = 4;
    private static final long SEED = 7;
    private static final int SUBLAYER = 1; // Of the first layer's neurons.
    private static final WindowPlan TUMBLING = WindowPlan.tumbling(PANE);
    private static final WindowPlan SLIDING =
            new WindowPlan(WindowType.SLIDING, PANE, 2 * PANE, 0, 0);
    private static final WindowPlan RUNNING = new WindowPlan(WindowType.RUNNING, PANE, 0, 0, PANE);

    @TempDir private static Path directory;

    /**
     * A partial sum, or a watermark.
     *
     * @param pane its number
     * @param ids of the samples, empty for the mark that ends the pane
     */
    private record Event(long pane, List<String> ids) {

        long end() {
            return PANE * (pane + 1);
        }
    }

    /** Four panes, each of two partial sums, the second behind the first of the next pane. */
    private static List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (long pane = 0; pane < 4; pane++) {
            events.add(new Event(pane, List.of(pane + "a", pane + "b")));
            if (pane > 0) {
                events.add(new Event(pane - 1, List.of(pane - 1 + "c")));
                events.add(new Event(pane - 1, List.of()));
            }
        }
        events.add(new Event(3, List.of("3c")));
        events.add(new Event(3, List.of()));
        return events;
    }

    /** What the windows must be, from whole panes. */
    private static List<String> oracle(WindowPlan plan) {
        List<String> windows = new ArrayList<>();
        SublayerStatistics running = statistics(List.of());
        for (long pane = 0; pane < 4; pane++) {
            long end = PANE * (pane + 1);
            List<String> ids = ids(pane);
            switch (plan.type()) {
                case TUMBLING -> windows.add(text(end, PANE * pane, statistics(ids)));
                case SLIDING -> {
                    List<String> both = new ArrayList<>(pane > 0 ? ids(pane - 1) : List.of());
                    both.addAll(ids);
                    windows.add(text(end, end - 2 * PANE, statistics(both)));
                }
                case RUNNING -> {
                    running.decay(0.5);
                    running.merge(statistics(ids));
                    windows.add(text(end, 0, running));
                }
            }
        }
        return windows;
    }

    private static List<String> ids(long pane) {
        return List.of(pane + "a", pane + "b", pane + "c");
    }

    private static String text(long end, long start, SublayerStatistics statistics) {
        return text(end, start, statistics.snapshot().digest());
    }

    private static String text(long end, long start, byte[] digest) {
        return end + " since " + start + ": " + HexFormat.of().formatHex(digest);
    }

    static Stream<WindowPlan> plans() {
        return Stream.of(TUMBLING, SLIDING, RUNNING);
    }

    @ParameterizedTest
    @MethodSource("plans")
    void continuesAfterARestoreAtEveryPoint(WindowPlan plan) throws Exception {
        TinyBert.write(directory);
        List<Event> events = events();
        for (int split = 0; split <= events.size(); split++) {
            List<String> out = new ArrayList<>();
            OperatorSubtaskState state = run(plan, null, events.subList(0, split), out);
            run(plan, state, events.subList(split, events.size()), out);
            assertThat(out)
                    .as("restored after %d of %d events", split, events.size())
                    .containsExactlyElementsOf(oracle(plan));
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void keepsNoMoreThanALaterWindowNeeds(WindowPlan plan) throws Exception {
        TinyBert.write(directory);
        Map<WindowType, Integer> entries =
                Map.of(WindowType.TUMBLING, 0, WindowType.SLIDING, 1, WindowType.RUNNING, 2);
        try (Fold fold = new Fold(plan)) {
            fold.open();
            feed(fold, events());
            // A map of panes is one entry of its key.
            assertThat(fold.numKeyedStateEntries()).isEqualTo(entries.get(plan.type()));
        }
    }

    @Test
    void goesOnFromTheStateOfAnEarlierBuild() throws Exception {
        TinyBert.write(directory);
        List<Event> events = events();
        int split = 5; // Two panes are open, and one closed that the next window needs.
        List<String> out = new ArrayList<>();
        run(RUNNING, null, events.subList(0, split), out);
        OperatorSubtaskState state =
                GoldenSnapshot.of(
                        "fold",
                        () -> run(RUNNING, null, events.subList(0, split), new ArrayList<>()));
        run(RUNNING, state, events.subList(split, events.size()), out);
        assertThat(out).containsExactlyElementsOf(oracle(RUNNING));
    }

    private static OperatorSubtaskState run(
            WindowPlan plan,
            @Nullable OperatorSubtaskState state,
            List<Event> events,
            List<String> out)
            throws Exception {
        try (Fold fold = new Fold(plan)) {
            if (state != null) {
                fold.initializeState(state);
            }
            fold.open();
            feed(fold, events);
            SortedMap<Long, String> windows = new TreeMap<>();
            for (Windowed<SublayerSummary> each : fold.extractOutputValues()) {
                SublayerSummary summary = each.value();
                windows.put(
                        each.windowEnd(),
                        text(each.windowEnd(), summary.windowStart(), summary.fisher().digest()));
                assertThat(summary.curve()).isNotNull();
            }
            out.addAll(windows.values());
            return Objects.requireNonNull(fold.snapshot(1, 1));
        }
    }

    private static void feed(Fold fold, List<Event> events) throws Exception {
        for (Event event : events) {
            if (event.ids().isEmpty()) {
                fold.processWatermark(event.end() - 1);
            } else {
                fold.processElement(new Windowed<>(event.end(), statistics(event.ids())), 0);
            }
        }
    }

    private static SublayerStatistics statistics(List<String> ids) {
        return SyntheticScorer.statisticsOf(TinyBert.sublayers(), ROWS, SEED, ids).get(SUBLAYER);
    }

    /** A harness of the function over the tiny model. */
    private static final class Fold
            extends KeyedOneInputStreamOperatorTestHarness<
                    Integer, Windowed<SublayerStatistics>, Windowed<SublayerSummary>> {

        Fold(WindowPlan windows) throws Exception {
            super(
                    new KeyedProcessOperator<>(
                            new FoldFunction(directory.toString(), plan(windows))),
                    partial -> partial.value().sublayer(),
                    Types.INT);
            setup(StreamTypes.WINDOWED_SUMMARY.createSerializer(new SerializerConfigImpl()));
        }

        private static DecisionPlan plan(WindowPlan windows) {
            return new DecisionPlan(
                    TinyBert.sublayers(),
                    CostModels.counted(TinyBert.HIDDEN),
                    List.of(Budget.macs(0.7)),
                    Profile.ESPALIER,
                    0,
                    new EspalierConfig.Tuning(TuningMode.PROJECTION, 0.01),
                    new Thresholds(Duration.ofSeconds(1), 2, 0, 0, 0.05, 1, 1, 0.6, 1),
                    PromotionMode.PROMOTE,
                    windows,
                    2,
                    16);
        }
    }
}
