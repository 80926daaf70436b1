package io.espalier.stream.fold;

import io.espalier.config.WindowType;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.stream.type.PaneStatistics;
import io.espalier.stream.window.WindowPlan;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;

/** What windows are made of panes of ten samples each, told by the digests of their statistics. */
class FoldedTest {

    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 2, 2, 5);
    private static final long PANE = 100;

    /** Feeds panes in order, and notes what each makes of them. */
    private static final class Stream {

        private final WindowPlan plan;
        private SortedMap<Long, PaneStatistics> rest = new TreeMap<>();
        private @Nullable Long since;

        Stream(WindowPlan plan) {
            this.plan = plan;
        }

        /** The window that ends with a pane; null if there is none. */
        @Nullable Folded close(long pane) {
            long end = PANE * (pane + 1);
            SortedMap<Long, PaneStatistics> closed = new TreeMap<>(rest);
            closed.put(end, pane(pane));
            Folded folded = Folded.of(plan, end, closed, since);
            rest = new TreeMap<>(folded.rest());
            if (folded.window() != null && since == null) {
                since = folded.start();
            }
            return folded.window() == null ? null : folded;
        }
    }

    private static List<String> ids(long pane) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(pane + "-" + i);
        }
        return ids;
    }

    private static PaneStatistics pane(long pane) {
        PaneStatistics statistics = new PaneStatistics();
        statistics.merge(statistics(ids(pane)));
        return statistics;
    }

    private static SublayerStatistics statistics(List<String> ids) {
        return SyntheticScorer.statisticsOf(SUBLAYERS, 4, 7, ids).get(1);
    }

    private static String digest(@Nullable Folded folded) {
        PaneStatistics window = Objects.requireNonNull(Objects.requireNonNull(folded).window());
        return digest(window.deciding(1));
    }

    private static String digest(SublayerStatistics statistics) {
        return HexFormat.of().formatHex(statistics.snapshot().digest());
    }

    private static String of(long... panes) {
        List<String> ids = new ArrayList<>();
        for (long pane : panes) {
            ids.addAll(ids(pane));
        }
        return digest(statistics(ids));
    }

    private static long start(@Nullable Folded folded) {
        return Objects.requireNonNull(folded).start();
    }

    @Test
    void aTumblingWindowIsItsPane() {
        Stream stream = new Stream(WindowPlan.tumbling(PANE));
        assertThat(digest(stream.close(0))).isEqualTo(of(0));
        Folded second = stream.close(1);
        assertThat(digest(second)).isEqualTo(of(1));
        assertThat(start(second)).isEqualTo(100);
        assertThat(stream.rest).isEmpty();
    }

    @Test
    void aTumblingWindowOfSamplesEndsWithThePaneThatFillsIt() {
        Stream stream = new Stream(new WindowPlan(WindowType.TUMBLING, PANE, 0, 20, 0));
        assertThat(stream.close(0)).isNull();
        Folded first = stream.close(2); // Pane 1 is empty.
        assertThat(digest(first)).isEqualTo(of(0, 2));
        assertThat(start(first)).isZero();
        assertThat(stream.close(3)).isNull();
        assertThat(digest(stream.close(4))).isEqualTo(of(3, 4));
    }

    @Test
    void aSlidingWindowIsItsLastPanes() {
        Stream stream = new Stream(new WindowPlan(WindowType.SLIDING, PANE, 300, 0, 0));
        assertThat(digest(stream.close(0))).isEqualTo(of(0));
        assertThat(digest(stream.close(1))).isEqualTo(of(0, 1));
        assertThat(digest(stream.close(2))).isEqualTo(of(0, 1, 2));
        Folded fourth = stream.close(3);
        assertThat(digest(fourth)).isEqualTo(of(1, 2, 3));
        assertThat(start(fourth)).isEqualTo(100);
        assertThat(stream.rest.keySet()).containsExactly(300L, 400L);
        assertThat(digest(stream.close(9))).isEqualTo(of(9));
    }

    @Test
    void aSlidingWindowOfSamplesIsTheFewestPanesThatHoldThem() {
        Stream stream = new Stream(new WindowPlan(WindowType.SLIDING, PANE, 0, 20, 0));
        assertThat(stream.close(0)).isNull();
        assertThat(digest(stream.close(1))).isEqualTo(of(0, 1));
        Folded later = stream.close(7);
        assertThat(digest(later)).isEqualTo(of(1, 7));
        assertThat(start(later)).isEqualTo(100);
    }

    @Test
    void aRunningWindowForgetsByHalfLifeAlsoWhereNothingCame() {
        Stream stream = new Stream(new WindowPlan(WindowType.RUNNING, PANE, 0, 0, PANE));
        stream.close(0);
        stream.close(1);
        Folded last = stream.close(4);
        SublayerStatistics expected = statistics(ids(0));
        expected.decay(0.5);
        expected.merge(statistics(ids(1)));
        expected.decay(0.125); // Three half-lives.
        expected.merge(statistics(ids(4)));
        assertThat(digest(last)).isEqualTo(digest(expected));
        assertThat(start(last)).isZero();
        SublayerStatistics found =
                Objects.requireNonNull(Objects.requireNonNull(last).window()).deciding(1);
        // Weights 1/16, 1/8 and 1, ten samples each.
        double weight = 10 * (1 / 16.0 + 1 / 8.0 + 1);
        double squares = 10 * (1 / 256.0 + 1 / 64.0 + 1);
        assertThat(found.gradients().effectiveSamples()).isEqualTo(weight * weight / squares);
        assertThat(stream.rest.keySet()).containsExactly(500L);
    }
}
