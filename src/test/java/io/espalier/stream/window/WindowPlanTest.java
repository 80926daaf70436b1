package io.espalier.stream.window;

import io.espalier.config.WindowType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Panes, and whose held-out samples judge. */
class WindowPlanTest {

    private static final WindowPlan TUMBLING = WindowPlan.tumbling(100);
    private static final WindowPlan SAMPLES = new WindowPlan(WindowType.TUMBLING, 100, 0, 500, 0);
    private static final WindowPlan SLIDING = new WindowPlan(WindowType.SLIDING, 100, 400, 0, 0);
    private static final WindowPlan RUNNING = new WindowPlan(WindowType.RUNNING, 100, 0, 0, 200);

    @Test
    void panesAreAlignedToTheEpochAlsoBeforeIt() {
        assertThat(TUMBLING.paneEnd(0)).isEqualTo(100);
        assertThat(TUMBLING.paneEnd(99)).isEqualTo(100);
        assertThat(TUMBLING.paneEnd(100)).isEqualTo(200);
        assertThat(TUMBLING.paneEnd(-1)).isZero();
    }

    @Test
    void aWindowIsJudgedByItsOwnSamplesARunningOneByTheLastHalfLife() {
        assertThat(TUMBLING.judgesSince(300, 400)).isEqualTo(300);
        assertThat(SLIDING.judgesSince(0, 400)).isZero();
        assertThat(RUNNING.judgesSince(0, 1000)).isEqualTo(800);
        assertThat(RUNNING.judgesSince(900, 1000)).isEqualTo(900);
    }

    @Test
    void whatNoLaterWindowNeedsIsForgotten() {
        assertThat(TUMBLING.judgedUpTo(300, 400)).isEqualTo(400);
        assertThat(SAMPLES.judgedUpTo(100, 400)).isEqualTo(400);
        // The next sliding window begins a pane later.
        assertThat(SLIDING.judgedUpTo(0, 400)).isEqualTo(100);
        assertThat(RUNNING.judgedUpTo(0, 1000)).isEqualTo(900);
    }

    @Test
    void aHalfLifeHalves() {
        assertThat(RUNNING.decay(200)).isEqualTo(0.5);
        assertThat(RUNNING.decay(600)).isEqualTo(0.125);
        assertThat(RUNNING.decay(0)).isEqualTo(1);
    }

    @Test
    void refusesAHalfLifeThatNothingForgetsBy() {
        assertThatThrownBy(() -> new WindowPlan(WindowType.SLIDING, 100, 400, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "sliding windows of 400 ms or 0 samples, panes of 100 ms, half-life of 1"
                                + " ms");
        assertThat(SLIDING.halfLifeMillis()).isZero();
    }
}
